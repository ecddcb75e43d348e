/** The question to an OCSP responder (RFC 6960 §4.1), for one certificate, in the profile that responders cache (RFC 5019 §2.1). */
import { hash } from 'node:crypto';
import { children, content, expectBytes, whole, type DerElement } from '../pki/der.ts';
import { encode } from '../pki/der-encode.ts';
import type { CertificateFields } from '../pki/x509.ts';

/** id-sha1, NULL. Here SHA-1 only names the issuer; RFC 5019 §2.1.1 asks for it, and everybody answers to it. */
const sha1Algorithm = Buffer.from('300906052b0e03021a0500', 'hex');
const octetString = 0x04;
const sequence = 0x30;

/** What the question and the answer to it have in common. */
export function certId(leaf: CertificateFields, issuer: CertificateFields): Buffer {
  return encode(
    sequence,
    sha1Algorithm,
    encode(octetString, hash('sha1', whole(leaf.issuer), 'buffer')),
    encode(octetString, keyHash(issuer.spki)),
    whole(leaf.serial),
  );
}

/** RFC 6960 §4.1.1: over the key's bits, without tag, length and the count of unused bits. */
export function keyHash(spki: DerElement): Buffer {
  const bits = expectBytes(children(spki)[1]);
  return hash('sha1', content(bits).subarray(1), 'buffer');
}

/** Without a nonce: what is signed ahead of time is bounded by its nextUpdate, which is checked. */
export function ocspRequest(id: Uint8Array): Buffer {
  return encode(sequence, encode(sequence, encode(sequence, encode(sequence, id))));
}
