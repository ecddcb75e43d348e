/**
 * What is written down about a deployed file: a hash of everything in it but private keys, and of a private key only which
 * public key it belongs to. That says all that matters (is this still the same file, does the key still work for the
 * certificate) without anything made from a secret leaving the machine.
 */
import { createPrivateKey, hash } from 'node:crypto';
import type { FileProof } from '../core/receipt.ts';
import { provenSpkiSha256 } from './keys.ts';

/** Of a private key in PEM: the SPKI hash when it works, else undefined. */
export type SpkiOf = (keyPem: string) => string | undefined;

/** Remembers keys: the same key lies in several files, and to prove an RSA key takes milliseconds. */
export function rememberingSpki(): SpkiOf {
  const known = new Map<string, string | undefined>();
  return (keyPem) => {
    // Line ends aside, which editors change and nobody signs with.
    const key = keyPem.replaceAll(/\s+/g, '');
    if (!known.has(key)) known.set(key, provenSpkiSha256(keyPem));
    return known.get(key);
  };
}

export function proofOf(
  name: string,
  bytes: Uint8Array | undefined,
  spkiOf: SpkiOf = provenSpkiSha256,
): FileProof {
  if (bytes === undefined) return { name, sha256: null, keySpkiSha256: null };
  if (isPkcs12WithKey(bytes)) return { name, sha256: hash('sha256', '', 'hex'), keySpkiSha256: null };
  const der = derKey(bytes);
  if (der !== undefined)
    return { name, sha256: hash('sha256', '', 'hex'), keySpkiSha256: spkiOf(der) ?? null };
  const { keys, rest } = withoutKeys(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'),
  );
  // More than one: nobody could say which of them a server takes.
  const [key] = keys.length === 1 ? keys : [];
  return {
    name,
    sha256: hash('sha256', Buffer.from(rest, 'latin1'), 'hex'),
    keySpkiSha256: key === undefined ? null : (spkiOf(key) ?? null),
  };
}

/** pkcs8ShroudedKeyBag, 1.2.840.113549.1.12.10.1.2: in the clear before each encrypted key. */
const shroudedKeyBag = Buffer.from('060b2a864886f70d010c0a0102', 'hex');
/** RFC 7292 §4: a SEQUENCE of some hundred bytes or more, version 3. */
const pfxVersion = Buffer.from('020103', 'hex');

/**
 * Without its password nobody can say more about such a file than that it is one, and its hash would be made from a key.
 * Trust stores have no key in them and are hashed as they are.
 */
function isPkcs12WithKey(bytes: Uint8Array): boolean {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return (
    bytes[0] === 0x30 &&
    content.indexOf(pfxVersion) === headerLength(bytes) &&
    content.includes(shroudedKeyBag)
  );
}

function headerLength(bytes: Uint8Array): number {
  const first = bytes[1] ?? 0;
  return first < 0x80 ? 2 : 2 + (first & 0x7f);
}

/** PKCS #8 in DER, as PEM. Undefined for everything else. */
function derKey(bytes: Uint8Array): string | undefined {
  if (bytes[0] !== 0x30) return undefined;
  try {
    const key = createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' });
    return key.export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch {
    return undefined;
  }
}

const begin = /-----BEGIN ((?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY)-----/g;

/** A key that begins and has no end is taken out up to the end of the text. */
function withoutKeys(text: string): { readonly keys: readonly string[]; readonly rest: string } {
  const keys: string[] = [];
  let rest = '';
  let from = 0;
  begin.lastIndex = 0;
  for (let found = begin.exec(text); found !== null; found = begin.exec(text)) {
    const mark = `-----END ${found[1]}-----`;
    const end = text.indexOf(mark, begin.lastIndex);
    const after = end === -1 ? text.length : end + mark.length;
    rest += text.slice(from, found.index);
    keys.push(text.slice(found.index, after));
    from = text[after] === '\n' ? after + 1 : after;
    begin.lastIndex = from;
  }
  return { keys, rest: rest + text.slice(from) };
}
