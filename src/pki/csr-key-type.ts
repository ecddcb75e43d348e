/** The kind of key that a stored request (RFC 2986) is for. Proves nothing: the request is one of our own making. */
import { children, DerError, expectTag, readWhole, tags } from './der.ts';
import { readPem } from './pem.ts';
import { publicKeyType, type PublicKeyType } from './public-key.ts';

/** Undefined: the text holds no request that can be read. Never throws. */
export function csrKeyType(csrPem: string): PublicKeyType | undefined {
  const der = readPem(csrPem).blocks[0]?.der;
  if (der === undefined) return undefined;
  try {
    const [info] = children(readWhole(der, tags.sequence));
    // RFC 2986 §4.1: version, subject, subjectPKInfo, attributes.
    const [, , key] = children(expectTag(info, tags.sequence));
    return publicKeyType(expectTag(key, tags.sequence));
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}
