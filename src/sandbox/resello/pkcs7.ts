/** Certificates in a PKCS #7 envelope: SignedData that nobody signed, "certs-only" (RFC 2315 §9.1, RFC 5652 §5.1). */
import { explicit, objectIdentifier, sequence, unsignedInteger } from '../ca/der.ts';
import { toPem } from '../ca/pem.ts';

const DATA = '1.2.840.113549.1.7.1';
const SIGNED_DATA = '1.2.840.113549.1.7.2';
const EMPTY_SET = Buffer.of(0x31, 0);

export function certsOnly(certificates: readonly Buffer[]): Buffer {
  // DER sorts the elements of a SET OF by their encoding (X.690 §11.6), so the leaf may stand anywhere.
  const sorted = [...certificates].sort((one, other) => one.compare(other));
  return sequence(
    objectIdentifier(SIGNED_DATA),
    explicit(
      0,
      sequence(
        unsignedInteger(Buffer.of(1)),
        EMPTY_SET, // digestAlgorithms
        sequence(objectIdentifier(DATA)),
        explicit(0, Buffer.concat(sorted)), // certificates, [0] IMPLICIT: the same bytes
        EMPTY_SET, // signerInfos
      ),
    ),
  );
}

export const certsOnlyPem = (certificates: readonly Buffer[]): string =>
  toPem('PKCS7', certsOnly(certificates));

/** The DER inside a PEM block. */
export function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');
}
