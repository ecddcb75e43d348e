/**
 * Revocation lists and OCSP answers for tests, right by default and wrong exactly where a test says so. Written with a DER
 * writer of their own, so that a mistake of the reader is not repeated here.
 */
import { createHash, sign } from 'node:crypto';
import { now, x509, type TestCertificate } from './pki.ts';

export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const size: number[] = [];
  for (let rest = content.length; rest > 0; rest = Math.floor(rest / 256)) size.unshift(rest % 256);
  const length = content.length < 0x80 ? [content.length] : [0x80 + size.length, ...size];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const octets = (...parts: readonly Uint8Array[]): Buffer => der(0x04, ...parts);
const bits = (value: Uint8Array): Buffer => der(0x03, Buffer.of(0), value);
export const integer = (hex: string): Buffer => der(0x02, Buffer.from(hex, 'hex'));
const enumerated = (value: number): Buffer => der(0x0a, Buffer.of(value));

export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      digits.unshift((left % 128) + 128);
    return digits;
  });
  return der(0x06, Buffer.from(bytes));
}

const stamp = (at: Date): string => at.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
const utcTime = (at: Date): Buffer => der(0x17, Buffer.from(stamp(at).slice(2)));
const generalizedTime = (at: Date): Buffer => der(0x18, Buffer.from(stamp(at)));

export function extension(id: string, value: Uint8Array, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [Buffer.from([1, 1, 0xff])] : []), octets(value));
}

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));

export const hours = (count: number): Date => new Date(now.getTime() + count * 3_600_000);

export interface CrlOptions {
  readonly entries?: readonly {
    readonly serial: string;
    readonly at?: Date;
    readonly reason?: number;
    readonly extensions?: Uint8Array;
  }[];
  /** Instead of `entries`: as they are to stand in the list. */
  readonly rawEntries?: Buffer;
  readonly thisUpdate?: Date;
  /** null leaves it out. */
  readonly nextUpdate?: Date | null;
  readonly extensions?: readonly Uint8Array[];
  /** Signs with its key instead of the issuer's. */
  readonly signer?: TestCertificate;
  /** Whose name it bears. */
  readonly name?: TestCertificate;
  readonly algorithm?: Buffer;
}

function nameOf({ certificate }: TestCertificate): Buffer {
  return Buffer.from(certificate.subjectName.toArrayBuffer());
}

export function crlEntry({
  serial,
  at = hours(-5),
  reason,
  extensions,
}: NonNullable<CrlOptions['entries']>[number]): Buffer {
  const own = reason === undefined ? [] : [sequence(extension('2.5.29.21', enumerated(reason)))];
  return sequence(integer(serial), utcTime(at), ...(extensions === undefined ? own : [extensions]));
}

export function aCrl(issuer: TestCertificate, options: CrlOptions = {}): Buffer {
  const {
    thisUpdate = hours(-1),
    nextUpdate = hours(24),
    extensions = [],
    algorithm = ecdsaWithSha256,
  } = options;
  const entries = options.rawEntries ?? Buffer.concat((options.entries ?? []).map(crlEntry));
  const signed = sequence(
    integer('01'),
    algorithm,
    nameOf(options.name ?? issuer),
    utcTime(thisUpdate),
    ...(nextUpdate === null ? [] : [utcTime(nextUpdate)]),
    ...(entries.length === 0 ? [] : [sequence(entries)]),
    ...(extensions.length === 0 ? [] : [der(0xa0, sequence(...extensions))]),
  );
  const signature = sign('sha256', signed, (options.signer ?? issuer).key.pem);
  return sequence(signed, algorithm, bits(signature));
}

/** Issuing distribution point (RFC 5280 §5.2.5) with an address. */
export function listScope(url: string | undefined, ...others: readonly Uint8Array[]): Buffer {
  const name = url === undefined ? [] : [der(0xa0, der(0xa0, der(0x86, Buffer.from(url))))];
  return extension('2.5.29.28', sequence(...name, ...others), true);
}

export interface OcspOptions {
  readonly status?: 'good' | 'unknown' | { readonly at: Date; readonly reason?: number };
  readonly thisUpdate?: Date;
  readonly nextUpdate?: Date | null;
  readonly signer?: TestCertificate;
  /** Sent along. */
  readonly certificates?: readonly TestCertificate[];
  readonly byKey?: boolean;
  readonly responseStatus?: number;
  readonly singleExtensions?: readonly Uint8Array[];
  readonly extensions?: readonly Uint8Array[];
}

function statusOf(status: NonNullable<OcspOptions['status']>): Buffer {
  if (status === 'good') return der(0x80);
  if (status === 'unknown') return der(0x82);
  const { at, reason } = status;
  return der(0xa1, generalizedTime(at), ...(reason === undefined ? [] : [der(0xa0, enumerated(reason))]));
}

function keyHashOf({ certificate }: TestCertificate): Buffer {
  const spki = Buffer.from(certificate.publicKey.rawData);
  // The last 65 bytes of an SPKI on P-256 are the point.
  return createHash('sha1').update(spki.subarray(-65)).digest();
}

/** `id`: the CertID that was asked for, as it was asked. */
export function anOcspAnswer(issuer: TestCertificate, id: Uint8Array, options: OcspOptions = {}): Buffer {
  const { status = 'good', thisUpdate = hours(-1), nextUpdate = hours(24), signer = issuer } = options;
  const { certificates = [], singleExtensions = [], extensions = [], responseStatus = 0 } = options;
  if (responseStatus !== 0) return sequence(enumerated(responseStatus));
  const single = sequence(
    id,
    statusOf(status),
    generalizedTime(thisUpdate),
    ...(nextUpdate === null ? [] : [der(0xa0, generalizedTime(nextUpdate))]),
    ...(singleExtensions.length === 0 ? [] : [der(0xa1, sequence(...singleExtensions))]),
  );
  const responder = options.byKey === true ? der(0xa2, octets(keyHashOf(signer))) : der(0xa1, nameOf(signer));
  const signed = sequence(
    responder,
    generalizedTime(thisUpdate),
    sequence(single),
    ...(extensions.length === 0 ? [] : [der(0xa1, sequence(...extensions))]),
  );
  const basic = sequence(
    signed,
    ecdsaWithSha256,
    bits(sign('sha256', signed, signer.key.pem)),
    ...(certificates.length === 0 ? [] : [der(0xa0, sequence(...certificates.map((one) => one.der)))]),
  );
  const wrapped = sequence(oid('1.3.6.1.5.5.7.48.1.1'), octets(basic));
  return sequence(enumerated(0), der(0xa0, wrapped));
}

/** What a leaf says about where it is looked up. */
export function pointers(lists: readonly string[], responders: readonly string[] = []): x509.Extension[] {
  return [
    ...(lists.length === 0 ? [] : [new x509.CRLDistributionPointsExtension([...lists])]),
    ...(responders.length === 0
      ? []
      : [
          new x509.AuthorityInfoAccessExtension({
            ocsp: responders.map((value) => new x509.GeneralName('url', value)),
          }),
        ]),
  ];
}

/** So many entries with a reason and a serial number of 16 bytes, all different, as large public lists have them. */
export function manyEntries(count: number): Buffer {
  const one = crlEntry({ serial: `4a${'00'.repeat(15)}`, reason: 1 });
  const all = Buffer.alloc(one.length * count, one);
  // SEQUENCE and INTEGER, two bytes each, then the number: its last four bytes count.
  for (let index = 0; index < count; index += 1) all.writeUInt32BE(index, index * one.length + 4 + 12);
  return all;
}
