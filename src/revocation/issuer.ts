/** Leaf and issuer, out of the files beside a deployed certificate. */
import { hash } from 'node:crypto';
import { parseCertificate, type Certificate } from '../pki/certificate.ts';
import { signedBy } from '../pki/chain-rules.ts';
import { DerError, sameElement } from '../pki/der.ts';
import { keyUsage, keyUsageBits } from '../pki/extensions.ts';
import { readPem } from '../pki/pem.ts';

/** Two chains at most. */
const certificatesMax = 16;

export interface Pair {
  readonly leaf: Certificate;
  readonly issuer: Certificate;
}

/** Throws DerError with a sentence when one of the two is not there. */
export function findPair(pems: readonly (string | Uint8Array)[], fingerprint256: string): Pair {
  const certificates = pems
    .flatMap((pem) => readPem(pem).blocks)
    .filter(({ label }) => label === 'CERTIFICATE')
    .slice(0, certificatesMax)
    .flatMap(({ der }) => readable(der));
  const leaf = certificates.find(({ der }) => hash('sha256', der, 'hex') === fingerprint256);
  if (leaf === undefined) throw new DerError('the certificate was replaced meanwhile');
  const issuer = certificates.find(
    (candidate) => sameElement(candidate.fields.subject, leaf.fields.issuer) && signedBy(leaf, candidate),
  );
  if (issuer === undefined) throw new DerError("the issuer's certificate is not beside it");
  return { leaf, issuer };
}

/** RFC 5280 §4.2.1.3: where the issuer's key usage is limited, signing lists has to be among it. */
export function maySignLists({ fields }: Certificate): boolean {
  return keyUsage(fields)?.has(keyUsageBits.cRLSign) !== false;
}

function readable(der: Uint8Array): readonly Certificate[] {
  try {
    return [parseCertificate(der)];
  } catch (error) {
    if (error instanceof DerError) return [];
    throw error;
  }
}
