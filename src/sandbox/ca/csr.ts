import 'reflect-metadata';
import { createHash, createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { Pkcs10CertificateRequest, SubjectAlternativeNameExtension } from '@peculiar/x509';
import type { ParsedCsr } from '../contract.ts';
import { messageOf } from '../guards.ts';
import { readElement, readElements } from './der.ts';
import { csrDer } from './pem.ts';

/**
 * Reads PKCS #10 requests (RFC 2986). Structure and names come from @peculiar/x509, the signature is checked with
 * node:crypto because the sandbox's contract is synchronous and WebCrypto is not.
 */

/** What simulators may see, and the key itself for the CA to put into a certificate. */
export interface ReadCsr {
  readonly parsed: ParsedCsr;
  readonly spkiDer: Buffer;
}

const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';

/** DER content of the signature algorithm OIDs we know, to the digest they stand for. */
const SIGNATURE_DIGESTS: ReadonlyMap<string, string> = new Map([
  ['2a864886f70d01010b', 'sha256'], // sha256WithRSAEncryption, RFC 8017 appendix A.2.4
  ['2a864886f70d01010c', 'sha384'],
  ['2a864886f70d01010d', 'sha512'],
  ['2a8648ce3d040302', 'sha256'], // ecdsa-with-SHA256, RFC 5758 §3.2
  ['2a8648ce3d040303', 'sha384'],
  ['2a8648ce3d040304', 'sha512'],
]);

const CURVES: Readonly<Record<string, { name: string; bits: number }>> = {
  prime256v1: { name: 'P-256', bits: 256 },
  secp384r1: { name: 'P-384', bits: 384 },
  secp521r1: { name: 'P-521', bits: 521 },
};

export function readCsr(text: string): ReadCsr {
  const der = csrDer(text);
  const { toBeSigned, digest, signature, spkiDer } = slice(der);
  let csr: Pkcs10CertificateRequest;
  let publicKey: KeyObject;
  let names: string[];
  try {
    csr = new Pkcs10CertificateRequest(der);
    publicKey = createPublicKey({ key: spkiDer, format: 'der', type: 'spki' });
    names = namesOf(csr);
  } catch (error) {
    throw new Error(`The certificate request cannot be read: ${messageOf(error)}.`, { cause: error });
  }
  const subject: Record<string, string> = {};
  for (const relativeName of csr.subjectName.toJSON()) {
    for (const [attribute, values] of Object.entries(relativeName)) subject[attribute] ??= values[0] ?? '';
  }
  return {
    parsed: {
      commonName: subject['CN'] ?? '',
      names,
      subject,
      ...keyOf(publicKey),
      spkiSha256: createHash('sha256').update(spkiDer).digest('hex'),
      signatureValid: digest !== undefined && verifies(digest, toBeSigned, publicKey, signature),
    },
    spkiDer,
  };
}

/** RFC 2986 §4: CertificationRequest ::= SEQUENCE { info, algorithm, signature }; the info's third part is the key. */
function slice(der: Buffer): {
  toBeSigned: Buffer;
  digest: string | undefined;
  signature: Buffer;
  spkiDer: Buffer;
} {
  try {
    const outer = readElement(der);
    if (outer.tag !== 0x30) throw new Error('it does not begin with a SEQUENCE');
    if (outer.whole.length !== der.length) throw new Error('there are bytes behind its end');
    const [info, algorithm, signature] = readElements(outer.content);
    if (!info || !algorithm || !signature) throw new Error('a part of the three it must have is missing');
    const spki = readElements(info.content)[2];
    if (!spki) throw new Error('it has no public key');
    const oid = readElement(algorithm.content).content.toString('hex');
    return {
      toBeSigned: info.whole,
      digest: SIGNATURE_DIGESTS.get(oid),
      signature: signature.content.subarray(1), // the first byte counts unused bits: none
      spkiDer: spki.whole,
    };
  } catch (error) {
    throw new Error(`The text is no PKCS #10 certificate request: ${messageOf(error)}.`, { cause: error });
  }
}

function namesOf(csr: Pkcs10CertificateRequest): string[] {
  const extension = csr.getExtension(SUBJECT_ALTERNATIVE_NAME);
  if (!(extension instanceof SubjectAlternativeNameExtension)) return [];
  return extension.names.items.filter((name) => name.type === 'dns').map((name) => name.value.toLowerCase());
}

function keyOf(key: KeyObject): Pick<ParsedCsr, 'keyAlgorithm' | 'keySize' | 'curve'> {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === 'rsa') return { keyAlgorithm: 'RSA', keySize: details?.modulusLength ?? 0 };
  if (key.asymmetricKeyType === 'ec') {
    const curve = CURVES[details?.namedCurve ?? ''];
    return {
      keyAlgorithm: 'EC',
      keySize: curve?.bits ?? 0,
      curve: curve?.name ?? details?.namedCurve ?? '?',
    };
  }
  throw new Error(
    `The certificate request has a key of kind ${key.asymmetricKeyType ?? 'unknown'}; RSA or EC would be right.`,
  );
}

function verifies(digest: string, data: Buffer, key: KeyObject, signature: Buffer): boolean {
  try {
    return verify(digest, data, key, signature);
  } catch {
    // A signature of another kind than the key's makes node:crypto throw; for us that is just a bad signature.
    return false;
  }
}
