/** Messages for property tests. */
import fc from 'fast-check';
import { ipv4Text, ipv6Text } from '../../../src/dns/address-text.ts';
import { recordTypes } from '../../../src/dns/codes.ts';
import type { Message, ResourceRecord } from '../../../src/dns/message.ts';
import { nameText } from '../../../src/dns/name.ts';
import type { RecordData } from '../../../src/dns/record-data.ts';

const u8 = fc.nat(0xff);
const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffff_ffff);
const octets = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });

const label = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .constantFrom('www', 'example', 'test', '_dnsauth', 'EXAMPLE')
      .map((text) => Uint8Array.from(Buffer.from(text))),
  },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 63 }) },
);

/** Any name of at most 255 octets, with labels of any octets, often sharing endings. */
export const arbitraryName: fc.Arbitrary<string> = fc
  .array(label, { maxLength: 8 })
  .filter((labels) => labels.reduce((sum, one) => sum + one.length + 1, 1) <= 255)
  .map(nameText);

const knownData: Readonly<Record<Exclude<RecordData['kind'], 'raw'>, fc.Arbitrary<RecordData>>> = {
  A: fc.record({
    kind: fc.constant('A' as const),
    address: fc.uint8Array({ minLength: 4, maxLength: 4 }).map(ipv4Text),
  }),
  AAAA: fc.record({
    kind: fc.constant('AAAA' as const),
    address: fc.uint8Array({ minLength: 16, maxLength: 16 }).map(ipv6Text),
  }),
  NS: fc.record({ kind: fc.constant('NS' as const), target: arbitraryName }),
  CNAME: fc.record({ kind: fc.constant('CNAME' as const), target: arbitraryName }),
  TXT: fc.record({
    kind: fc.constant('TXT' as const),
    segments: fc.array(octets(255), { minLength: 1, maxLength: 4 }),
  }),
  SOA: fc.record({
    kind: fc.constant('SOA' as const),
    primary: arbitraryName,
    mailbox: arbitraryName,
    serial: u32,
    refresh: u32,
    retry: u32,
    expire: u32,
    minimum: u32,
  }),
  TSIG: fc.record({
    kind: fc.constant('TSIG' as const),
    algorithm: arbitraryName,
    timeSigned: fc.nat(2 ** 48 - 1),
    fudge: u16,
    mac: octets(64),
    originalId: u16,
    error: u16,
    other: octets(8),
  }),
  OPT: fc.record({
    kind: fc.constant('OPT' as const),
    options: fc.array(fc.record({ code: u16, value: octets(20) }), { maxLength: 3 }),
  }),
};

const known = fc.constantFrom('A', 'AAAA', 'NS', 'CNAME', 'TXT', 'SOA', 'TSIG', 'OPT').chain((kind) =>
  fc.record({
    name: arbitraryName,
    type: fc.constant(recordTypes[kind]),
    class: u16,
    ttl: u32,
    data: knownData[kind],
  }),
);

const knownNumbers = new Set<number>(Object.values(recordTypes));
const unknown = fc.record({
  name: arbitraryName,
  type: u16.filter((type) => !knownNumbers.has(type)),
  class: u16,
  ttl: u32,
  data: fc.record({ kind: fc.constant('raw' as const), octets: octets(40) }),
});

/** As in updates: a known type without data. */
const empty = fc.record({
  name: arbitraryName,
  type: fc.constantFrom(recordTypes.TXT, recordTypes.CNAME, recordTypes.ANY),
  class: u16,
  ttl: u32,
  data: fc.constant({ kind: 'raw' as const, octets: new Uint8Array() }),
});

const record: fc.Arbitrary<ResourceRecord> = fc.oneof(known, unknown, empty);
const section = fc.array(record, { maxLength: 5 });

export const arbitraryMessage: fc.Arbitrary<Message> = fc.record({
  header: fc.record({
    id: u16,
    response: fc.boolean(),
    opcode: u8.map((value) => value & 0xf),
    authoritative: fc.boolean(),
    truncated: fc.boolean(),
    recursionDesired: fc.boolean(),
    recursionAvailable: fc.boolean(),
    authenticData: fc.boolean(),
    checkingDisabled: fc.boolean(),
    rcode: u8.map((value) => value & 0xf),
  }),
  questions: fc.array(fc.record({ name: arbitraryName, type: u16, class: u16 }), { maxLength: 3 }),
  answers: section,
  authorities: section,
  additionals: section,
});
