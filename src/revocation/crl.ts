/**
 * A certificate revocation list (RFC 5280 §5), read strictly from its DER: everything but its entries, which
 * crl-entries.ts reads in slices. Signatures and dates are judged elsewhere.
 */
import {
  children,
  DerError,
  expectBytes,
  expectTag,
  integerBytes,
  readBoolean,
  readInside,
  readOid,
  readTimeMs,
  readWhole,
  sameElement,
  tags,
  type DerElement,
} from '../pki/der.ts';
import type { Extension } from '../pki/x509.ts';
import { fullNames } from './pointers.ts';

export interface CrlFields {
  readonly signed: DerElement;
  readonly signatureAlgorithm: DerElement;
  readonly signature: DerElement;
  readonly issuer: DerElement;
  readonly thisUpdateMs: number;
  /** RFC 5280 §5.1.2.5 demands it. */
  readonly nextUpdateMs: number;
  /** revokedCertificates; undefined when nothing is revoked. */
  readonly entries: DerElement | undefined;
  readonly extensions: ReadonlyMap<string, Extension>;
}

const issuingDistributionPoint = '2.5.29.28';
/** Their meaning does not limit what the list says: key identifier, number. */
const harmless: ReadonlySet<string> = new Set(['2.5.29.35', '2.5.29.20']);

/** Throws DerError when the bytes are not exactly one list of version 2 that says when the next one comes. */
export function readCrl(der: Uint8Array): CrlFields {
  const [signed, outerAlgorithm, signature, ...rest] = children(readWhole(der, tags.sequence));
  if (rest.length > 0) throw new DerError('a list has more than three parts');
  const parts = children(expectTag(signed, tags.sequence));
  const [version, algorithm, issuer, thisUpdate, nextUpdate, ...others] = parts;
  if (integerBytes(expectTag(version, tags.integer))[0] !== 1)
    throw new DerError('the list is not of version 2');
  if (!sameElement(expectTag(algorithm, tags.sequence), expectTag(outerAlgorithm, tags.sequence)))
    throw new DerError('the signature algorithms inside and outside differ');
  if (thisUpdate === undefined || !isTime(nextUpdate))
    throw new DerError('the list does not say when the next one comes');
  const entries = others[0]?.tag === tags.sequence ? others.shift() : undefined;
  const wrapper = others[0]?.tag === 0xa0 ? others.shift() : undefined;
  if (others.length > 0) throw new DerError('the list has unknown fields');
  return {
    signed: expectTag(signed, tags.sequence),
    signatureAlgorithm: expectTag(outerAlgorithm, tags.sequence),
    signature: expectBytes(signature),
    issuer: expectTag(issuer, tags.sequence),
    thisUpdateMs: readTimeMs(thisUpdate),
    nextUpdateMs: readTimeMs(nextUpdate),
    entries,
    extensions: wrapper === undefined ? new Map() : readExtensionList(readInside(wrapper, tags.sequence)),
  };
}

function isTime(element: DerElement | undefined): element is DerElement {
  return element?.tag === tags.utcTime || element?.tag === tags.generalizedTime;
}

/** Extensions (RFC 5280 §4.1). Throws DerError for a second one of a kind. */
export function readExtensionList(list: DerElement): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>();
  for (const element of children(list)) {
    const [id, second, third, ...rest] = children(expectTag(element, tags.sequence));
    const oid = readOid(expectTag(id, tags.oid));
    const hasFlag = second?.tag === tags.boolean;
    const value = expectTag(hasFlag ? third : second, tags.octetString);
    if (rest.length > 0 || (!hasFlag && third !== undefined) || extensions.has(oid))
      throw new DerError(`the extension ${oid} is not as it should be`);
    extensions.set(oid, { critical: hasFlag && readBoolean(second), value });
  }
  return extensions;
}

/**
 * Why the list says nothing about leaves whose distribution point has these names; undefined: it does. A list for a part
 * of the certificates (RFC 5280 §5.2.5) counts only for its own part: otherwise the list of another part, just as well
 * signed, would hide a revocation.
 */
export function scopeProblem(
  { extensions }: Pick<CrlFields, 'extensions'>,
  names: readonly DerElement[],
): string | undefined {
  for (const [oid, { critical }] of extensions)
    if (critical && oid !== issuingDistributionPoint && !harmless.has(oid))
      return `the list has the critical extension ${oid}, which is not understood`;
  const scope = extensions.get(issuingDistributionPoint)?.value;
  if (scope === undefined) return undefined;
  for (const part of children(readInside(scope, tags.sequence))) {
    if (part.tag === 0xa0) {
      const own = fullNames(part);
      if (!own.some((name) => names.some((other) => sameElement(name, other))))
        return 'the list is for other certificates of this issuer';
    } else if (part.tag !== 0x81) {
      // [1] is "user certificates only", which leaves are; CAs, some reasons, indirect lists and attributes are not ours.
      return 'the list is not for the certificates of servers';
    }
  }
  return undefined;
}
