/**
 * A certificate's fields (RFC 5280 §4.1), read strictly from its DER without a library. Extensions are kept raw;
 * extensions.ts reads them. Signatures are not looked at here.
 */
import {
  children,
  DerError,
  elementAt,
  expectBytes,
  expectTag,
  integerBytes,
  readBoolean,
  readOid,
  readTimeMs,
  readWhole,
  sameElement,
  tags,
  type DerElement,
} from './der.ts';

/** Certificates of public CAs have 1 to 4 KiB; 100 SANs of full length make some 30. */
const certificateBytesMax = 64 * 1024;

export interface Extension {
  readonly critical: boolean;
  /** The extnValue OCTET STRING. */
  readonly value: DerElement;
}

/** Offsets into the certificate's own bytes; what outlives them has to be copied. */
export interface CertificateFields {
  readonly der: Uint8Array;
  /** 1 to 3. */
  readonly version: number;
  readonly serial: DerElement;
  /** OBJECT IDENTIFIER of the signature algorithm, the same inside and outside. */
  readonly signatureOid: string;
  /** Its whole AlgorithmIdentifier. */
  readonly signatureAlgorithm: DerElement;
  readonly issuer: DerElement;
  readonly subject: DerElement;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** SubjectPublicKeyInfo. */
  readonly spki: DerElement;
  readonly extensions: ReadonlyMap<string, Extension>;
}

/** Throws DerError when the bytes are not exactly one certificate. */
export function readCertificate(der: Uint8Array): CertificateFields {
  if (der.length > certificateBytesMax)
    throw new DerError(`a certificate is larger than ${certificateBytesMax} bytes`);
  const [tbs, outerAlgorithm, signature, ...rest] = children(readWhole(der, tags.sequence));
  expectBytes(signature);
  if (rest.length > 0) throw new DerError('a certificate has more than three parts');
  const cursor = new Cursor(expectTag(tbs, tags.sequence));

  const version = readVersion(cursor.take(0xa0));
  const serial = cursor.expect(tags.integer);
  integerBytes(serial);
  const signatureAlgorithm = cursor.expect(tags.sequence);
  if (!sameElement(signatureAlgorithm, expectTag(outerAlgorithm, tags.sequence))) {
    // RFC 5280 §4.1.1.2 wants them equal; the outer one is not signed.
    throw new DerError('the signature algorithms inside and outside differ');
  }
  const issuer = cursor.expect(tags.sequence);
  const [notBefore, notAfter] = children(cursor.expect(tags.sequence));
  if (notBefore === undefined || notAfter === undefined) throw new DerError('the validity is incomplete');
  const subject = cursor.expect(tags.sequence);
  const spki = cursor.expect(tags.sequence);
  const [, publicKey] = children(spki);
  expectBytes(publicKey);
  cursor.take(0x81);
  cursor.take(0x82);
  const extensions = readExtensions(cursor.take(0xa3), version);
  cursor.expectEnd();

  return {
    der,
    version,
    serial,
    signatureOid: readOid(expectTag(children(signatureAlgorithm)[0], tags.oid)),
    signatureAlgorithm,
    issuer,
    subject,
    notBeforeMs: readTimeMs(notBefore),
    notAfterMs: readTimeMs(notAfter),
    spki,
    extensions,
  };
}

function readVersion(element: DerElement | undefined): number {
  if (element === undefined) return 1;
  const [value] = integerBytes(elementAt(element.bytes, element.contentStart, element.end));
  if (value !== 1 && value !== 2) throw new DerError('the certificate version is unknown');
  return value + 1;
}

function readExtensions(wrapper: DerElement | undefined, version: number): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>();
  if (wrapper === undefined) return extensions;
  if (version !== 3) throw new DerError('only version 3 certificates have extensions');
  for (const element of children(expectTag(children(wrapper)[0], tags.sequence))) {
    const [id, second, third, fourth] = children(expectTag(element, tags.sequence));
    const oid = readOid(expectTag(id, tags.oid));
    const hasFlag = second?.tag === tags.boolean;
    const critical = hasFlag && readBoolean(second);
    const value = expectTag(hasFlag ? third : second, tags.octetString);
    if ((hasFlag ? fourth : third) !== undefined)
      throw new DerError(`the extension ${oid} has more than three parts`);
    // RFC 5280 §4.2: at most one instance of each; with two, every reader may believe another one.
    if (extensions.has(oid)) throw new DerError(`the extension ${oid} occurs twice`);
    extensions.set(oid, { critical, value });
  }
  return extensions;
}

/** Walks the elements of a SEQUENCE with optional members. */
class Cursor {
  readonly #parent: DerElement;
  #offset: number;

  constructor(parent: DerElement) {
    this.#parent = parent;
    this.#offset = parent.contentStart;
  }

  /** The next element, when it has this tag. */
  take(tag: number): DerElement | undefined {
    if (this.#offset >= this.#parent.end || this.#parent.bytes[this.#offset] !== tag) return undefined;
    const element = elementAt(this.#parent.bytes, this.#offset, this.#parent.end);
    this.#offset = element.end;
    return element;
  }

  expect(tag: number): DerElement {
    const element = this.take(tag);
    if (element === undefined) throw new DerError(`expected tag 0x${tag.toString(16)} in the certificate`);
    return element;
  }

  expectEnd(): void {
    if (this.#offset !== this.#parent.end) throw new DerError('the certificate has unknown fields');
  }
}
