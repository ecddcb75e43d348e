import 'reflect-metadata';
import { createHash, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
} from '@peculiar/x509';
import type { Extension } from '@peculiar/x509';
import {
  bitString,
  explicit,
  objectIdentifier,
  readElements,
  sequence,
  time,
  unsignedInteger,
} from './der.ts';
import { toPem } from './pem.ts';

/**
 * The keys and signatures of the throw-away CA: a root, an intermediate, and leaves as RFC 5280 §4 wants them. It signs
 * what it is told; whether it may is decided elsewhere. Keys live in memory only and die with the process.
 */

export interface LeafTemplate {
  readonly spkiDer: Buffer;
  readonly keyAlgorithm: 'RSA' | 'EC';
  /** Common name first. */
  readonly names: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface IssuedLeaf {
  readonly pem: string;
  readonly serialHex: string;
}

/** How keys and signatures are made. Both hold chance unless somebody hands in another way. */
export interface Signatures {
  /** On P-256. */
  newKey(): KeyObject;
  /** ECDSA with SHA-256, DER. */
  sign(data: Uint8Array, key: KeyObject): Buffer;
}

export const systemSignatures: Signatures = {
  newKey: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  sign: (data, key) => sign('sha256', data, key),
};

export interface Authority {
  readonly rootPem: string;
  readonly intermediatePem: string;
  /** No leaf may outlive it. */
  readonly intermediateNotAfter: Date;
  issue(template: LeafTemplate): IssuedLeaf;
}

const ORGANIZATION = 'renewd sandbox - NOT A CA';
export const DEFAULT_ROOT_NAME = 'renewd sandbox root - NOT A CA';
const INTERMEDIATE_NAME = 'renewd sandbox intermediate - NOT A CA';

const ECDSA_WITH_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
const YEAR_MS = 365 * 86_400_000;
/** RFC 5280 appendix A.1, ub-common-name-length. */
const COMMON_NAME_LENGTH_MAX = 64;

export function createAuthority(options: {
  readonly now: Date;
  readonly rootName: string;
  readonly randomBytes: (length: number) => Buffer;
  readonly signatures: Signatures;
}): Authority {
  const { now, rootName, randomBytes, signatures } = options;
  const root = newKeyPair(signatures);
  const intermediate = newKeyPair(signatures);
  const rootSubject = distinguishedName([{ O: [ORGANIZATION] }, { CN: [rootName] }]);
  const intermediateSubject = distinguishedName([{ O: [ORGANIZATION] }, { CN: [INTERMEDIATE_NAME] }]);

  // The years before now let tests seed certificates that began long ago; the many after let them live ten years.
  const rootNotAfter = wholeSeconds(now.getTime() + 30 * YEAR_MS);
  const intermediateNotAfter = wholeSeconds(now.getTime() + 25 * YEAR_MS);

  const rootDer = certificate({
    serial: newSerial(randomBytes),
    issuer: rootSubject,
    subject: rootSubject,
    spkiDer: root.spkiDer,
    notBefore: wholeSeconds(now.getTime() - 5 * YEAR_MS),
    notAfter: rootNotAfter,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      new SubjectKeyIdentifierExtension(root.keyIdHex),
    ],
    signer: root.privateKey,
    signatures,
  });
  const intermediateDer = certificate({
    serial: newSerial(randomBytes),
    issuer: rootSubject,
    subject: intermediateSubject,
    spkiDer: intermediate.spkiDer,
    notBefore: wholeSeconds(now.getTime() - 4 * YEAR_MS),
    notAfter: intermediateNotAfter,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(
        KeyUsageFlags.digitalSignature | KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign,
        true,
      ),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectKeyIdentifierExtension(intermediate.keyIdHex),
      new AuthorityKeyIdentifierExtension(root.keyIdHex),
    ],
    signer: root.privateKey,
    signatures,
  });

  return {
    rootPem: toPem('CERTIFICATE', rootDer),
    intermediatePem: toPem('CERTIFICATE', intermediateDer),
    intermediateNotAfter,
    issue(template) {
      const serial = newSerial(randomBytes);
      const commonName = template.names.find((name) => name.length <= COMMON_NAME_LENGTH_MAX);
      const der = certificate({
        serial,
        issuer: intermediateSubject,
        subject: distinguishedName(commonName === undefined ? [] : [{ CN: [commonName] }]),
        spkiDer: template.spkiDer,
        notBefore: template.notBefore,
        notAfter: template.notAfter,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(
            // An EC key cannot encipher keys; RFC 5480 §3 forbids saying so.
            template.keyAlgorithm === 'RSA'
              ? KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment
              : KeyUsageFlags.digitalSignature,
            true,
          ),
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
          new SubjectKeyIdentifierExtension(keyIdHex(template.spkiDer)),
          new AuthorityKeyIdentifierExtension(intermediate.keyIdHex),
          new SubjectAlternativeNameExtension(
            template.names.map((value) => ({ type: 'dns' as const, value })),
            // RFC 5280 §4.2.1.6: critical when the subject is empty.
            commonName === undefined,
          ),
        ],
        signer: intermediate.privateKey,
        signatures,
      });
      return { pem: toPem('CERTIFICATE', der), serialHex: serial.toString('hex').toUpperCase() };
    },
  };
}

/** Certificates hold whole seconds (RFC 5280 §4.1.2.5). */
export const wholeSeconds = (epochMs: number): Date => new Date(Math.floor(epochMs / 1000) * 1000);

function newKeyPair(signatures: Signatures): { privateKey: KeyObject; spkiDer: Buffer; keyIdHex: string } {
  const privateKey = signatures.newKey();
  const spkiDer = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return { privateKey, spkiDer, keyIdHex: keyIdHex(spkiDer) };
}

/** RFC 5280 §4.2.1.2 method (1): SHA-1 of the key's bit string without its count of unused bits. A name, not a proof. */
function keyIdHex(spkiDer: Buffer): string {
  const key = readElements(readElements(spkiDer)[0]?.content ?? Buffer.alloc(0))[1];
  if (key === undefined) throw new Error('not a SubjectPublicKeyInfo');
  return createHash('sha1').update(key.content.subarray(1)).digest('hex');
}

/** 16 bytes, positive, and never shorter: bit 127 clear, bit 126 set. RFC 5280 §4.1.2.2 allows up to 20. */
function newSerial(randomBytes: (length: number) => Buffer): Buffer {
  const serial = Buffer.from(randomBytes(16));
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

const distinguishedName = (parts: Record<string, string[]>[]): Buffer =>
  Buffer.from(new Name(parts).toArrayBuffer());

function certificate(parts: {
  serial: Buffer;
  issuer: Buffer;
  subject: Buffer;
  spkiDer: Buffer;
  notBefore: Date;
  notAfter: Date;
  extensions: readonly Extension[];
  signer: KeyObject;
  signatures: Signatures;
}): Buffer {
  const toBeSigned = sequence(
    explicit(0, unsignedInteger(Buffer.of(2))), // v3
    unsignedInteger(parts.serial),
    ECDSA_WITH_SHA256,
    parts.issuer,
    sequence(time(parts.notBefore), time(parts.notAfter)),
    parts.subject,
    parts.spkiDer,
    explicit(3, sequence(...parts.extensions.map((extension) => Buffer.from(extension.rawData)))),
  );
  const signature = parts.signatures.sign(toBeSigned, parts.signer);
  return sequence(toBeSigned, ECDSA_WITH_SHA256, bitString(signature));
}
