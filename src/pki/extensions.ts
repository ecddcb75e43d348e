/** The extensions (RFC 5280 §4.2.1) that decide what a certificate may be used for. Each throws DerError when broken. */
import {
  children,
  content,
  DerError,
  expectTag,
  namedBits,
  readBoolean,
  readOid,
  readInside,
  smallInteger,
  tags,
  type DerElement,
} from './der.ts';
import type { CertificateFields } from './x509.ts';

export const extensionIds = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  /** RFC 7633. */
  tlsFeature: '1.3.6.1.5.5.7.1.24',
  /** RFC 6962 §3.1: marks a precertificate, which is not for use. */
  precertificatePoison: '1.3.6.1.4.1.11129.2.4.3',
} as const;

/** Bit positions of RFC 5280 §4.2.1.3. */
export const keyUsageBits = { digitalSignature: 0, keyEncipherment: 2, keyCertSign: 5, cRLSign: 6 } as const;

export const serverAuthOid = '1.3.6.1.5.5.7.3.1';
/** RFC 6960 §4.2.2.2: an issuer lets somebody else sign its OCSP answers. */
export const ocspSigningOid = '1.3.6.1.5.5.7.3.9';
export const anyExtendedKeyUsageOid = '2.5.29.37.0';

/** The GeneralName tags of RFC 5280 §4.2.1.6 that matter here. */
export const generalNameTags = { email: 0x81, dns: 0x82, directory: 0xa4, uri: 0x86, address: 0x87 } as const;

export interface BasicConstraints {
  readonly ca: boolean;
  /** How many intermediates may stand below; undefined: any number. */
  readonly pathLength?: number;
}

function valueOf(fields: CertificateFields, oid: string): DerElement | undefined {
  return fields.extensions.get(oid)?.value;
}

export function basicConstraints(fields: CertificateFields): BasicConstraints | undefined {
  const value = valueOf(fields, extensionIds.basicConstraints);
  if (value === undefined) return undefined;
  const parts = children(readInside(value, tags.sequence));
  const [first, second] = parts;
  const hasFlag = first?.tag === tags.boolean;
  const ca = hasFlag && readBoolean(first);
  const pathLength = hasFlag ? second : first;
  return pathLength === undefined ? { ca } : { ca, pathLength: smallInteger(pathLength) };
}

/** Bit positions, or undefined when the certificate does not restrict its key's use. */
export function keyUsage(fields: CertificateFields): ReadonlySet<number> | undefined {
  const value = valueOf(fields, extensionIds.keyUsage);
  return value === undefined ? undefined : namedBits(readInside(value, tags.bitString));
}

/** Purposes as dotted identifiers, or undefined when the certificate does not restrict them. */
export function extendedKeyUsage(fields: CertificateFields): readonly string[] | undefined {
  const value = valueOf(fields, extensionIds.extendedKeyUsage);
  return value === undefined ? undefined : children(readInside(value, tags.sequence)).map(readOid);
}

/** GeneralNames of the SAN. */
export function subjectAltNames(fields: CertificateFields): readonly DerElement[] {
  const value = valueOf(fields, extensionIds.subjectAltName);
  return value === undefined ? [] : children(readInside(value, tags.sequence));
}

export function subjectKeyId(fields: CertificateFields): Uint8Array | undefined {
  const value = valueOf(fields, extensionIds.subjectKeyIdentifier);
  return value === undefined ? undefined : content(readInside(value, tags.octetString));
}

/** The key identifier that the issuer should have; undefined when the extension is absent or holds only a name. */
export function authorityKeyId(fields: CertificateFields): Uint8Array | undefined {
  const value = valueOf(fields, extensionIds.authorityKeyIdentifier);
  if (value === undefined) return undefined;
  const keyId = children(readInside(value, tags.sequence)).find((element) => element.tag === 0x80);
  return keyId === undefined ? undefined : content(keyId);
}

export interface NameConstraints {
  /** GeneralNames. */
  readonly permitted: readonly DerElement[];
  readonly excluded: readonly DerElement[];
}

/** RFC 5280 §4.2.1.10. `minimum` and `maximum` must not be used there; a subtree that has them is a DerError. */
export function nameConstraints(fields: CertificateFields): NameConstraints | undefined {
  const value = valueOf(fields, extensionIds.nameConstraints);
  if (value === undefined) return undefined;
  const parts = children(readInside(value, tags.sequence));
  const subtrees = (tag: number): DerElement[] =>
    parts
      .filter((element) => element.tag === tag)
      .flatMap((list) => children(list))
      .map((subtree) => {
        const [base, ...bounds] = children(expectTag(subtree, tags.sequence));
        if (base === undefined || bounds.length > 0) throw new DerError('a name constraint has bounds');
        return base;
      });
  return { permitted: subtrees(0xa0), excluded: subtrees(0xa1) };
}
