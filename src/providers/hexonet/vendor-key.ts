/** Whether a private key that the vendor shows belongs to a certificate; the key itself is not kept. */
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import type { Secret } from '../../core/certificate.ts';

/** Lower-case hex SHA-256 of the SubjectPublicKeyInfo; undefined for what is no readable private key. */
export function privateKeySha256(key: Secret): string | undefined {
  try {
    const spki = createPublicKey(createPrivateKey(key.reveal())).export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(spki).digest('hex');
  } catch {
    // Damaged, encrypted, or of a kind that this runtime does not know: then it is of no use.
    return undefined;
  }
}
