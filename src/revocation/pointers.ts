/** Where a certificate says that its revocation can be looked up (RFC 5280 §4.2.1.13 and §4.2.2.1). */
import { children, expectTag, latin1, readInside, readOid, tags, type DerElement } from '../pki/der.ts';
import { extensionIds, generalNameTags } from '../pki/extensions.ts';
import type { CertificateFields } from '../pki/x509.ts';

/** More are never needed; a bound on what a hostile certificate makes us ask. */
const addressesMax = 3;
const addressLengthMax = 2048;
const ocspMethod = '1.3.6.1.5.5.7.48.1';

export interface ListPointer {
  readonly url: string;
  /** GeneralNames of the distribution point: a list for a part of the certificates repeats one of them. */
  readonly names: readonly DerElement[];
}

export interface RevocationPointers {
  readonly lists: readonly ListPointer[];
  readonly responders: readonly string[];
}

/** http addresses only, at most three of each. Throws DerError when an extension is broken. */
export function revocationPointers(fields: CertificateFields): RevocationPointers {
  return {
    lists: listPointers(fields).slice(0, addressesMax),
    responders: responders(fields).slice(0, addressesMax),
  };
}

function listPointers(fields: CertificateFields): ListPointer[] {
  const value = fields.extensions.get(extensionIds.crlDistributionPoints)?.value;
  if (value === undefined) return [];
  return children(readInside(value, tags.sequence)).flatMap((point) => {
    const parts = children(expectTag(point, tags.sequence));
    // Lists for some reasons only [1], or of another issuer [2], are not read; neither is allowed in public certificates.
    const [name, ...others] = parts;
    if (name?.tag !== 0xa0 || others.length > 0) return [];
    const names = fullNames(name);
    return names.flatMap((one) => httpAddress(one).map((url) => ({ url, names })));
  });
}

/** DistributionPointName: GeneralNames, or a name relative to the issuer's, which leads to no address. */
export function fullNames(distributionPoint: DerElement): readonly DerElement[] {
  const [choice] = children(distributionPoint);
  return choice?.tag === 0xa0 ? children(choice) : [];
}

function responders(fields: CertificateFields): string[] {
  const value = fields.extensions.get(extensionIds.authorityInfoAccess)?.value;
  if (value === undefined) return [];
  return children(readInside(value, tags.sequence)).flatMap((description) => {
    const [method, location] = children(expectTag(description, tags.sequence));
    if (readOid(expectTag(method, tags.oid)) !== ocspMethod || location === undefined) return [];
    return httpAddress(location);
  });
}

/** No address, or the one address. */
function httpAddress(name: DerElement): readonly string[] {
  if (name.tag !== generalNameTags.uri || name.end - name.contentStart > addressLengthMax) return [];
  const url = URL.parse(latin1(name));
  return url?.protocol === 'http:' ? [url.href] : [];
}
