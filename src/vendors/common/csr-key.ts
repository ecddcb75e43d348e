/**
 * The public key inside a CSR or certificate, as the hash that orders are recognised by. Only finds the key: proves
 * no signature and checks no name.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { decodePem } from './text.ts';

const sequenceTag = 0x30;

/** Lower-case hex SHA-256 of the SubjectPublicKeyInfo of the first CSR in the text; undefined when there is none. */
export function csrKeySha256(text: string): string | undefined {
  const der = decodePem(text, ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST']);
  if (der === undefined) return undefined;
  // RFC 2986 §4: SEQUENCE { info SEQUENCE { version, subject, subjectPKInfo, … }, … }
  const info = elementAt(elementAt(der)?.content)?.content;
  const version = elementAt(info);
  const subject = elementAt(version?.rest);
  const key = elementAt(subject?.rest);
  if (key === undefined || key.tag !== sequenceTag || subject?.tag !== sequenceTag) return undefined;
  return createHash('sha256').update(key.whole).digest('hex');
}

/** The same for a certificate in PEM; undefined when it cannot be read. */
export function certificateKeySha256(pem: string): string | undefined {
  try {
    const key = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(key).digest('hex');
  } catch {
    // Not a certificate, or a key type that this runtime does not know: then there is nothing to compare.
    return undefined;
  }
}

interface DerElement {
  readonly tag: number;
  readonly content: Buffer;
  /** Tag, length and content. */
  readonly whole: Buffer;
  /** What follows. */
  readonly rest: Buffer;
}

/** The first DER element (X.690 §8.1, lengths up to four bytes), or undefined when it does not fit. */
function elementAt(bytes: Buffer | undefined): DerElement | undefined {
  if (bytes === undefined || bytes.length < 2) return undefined;
  const first = bytes.readUInt8(1);
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || lengthBytes > 4 || bytes.length < 2 + lengthBytes) return undefined;
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(2, lengthBytes);
  const start = 2 + lengthBytes;
  if (bytes.length < start + length) return undefined;
  return {
    tag: bytes.readUInt8(0),
    content: bytes.subarray(start, start + length),
    whole: bytes.subarray(0, start + length),
    rest: bytes.subarray(start + length),
  };
}
