/** Whatever an answer holds, reading it ends soon, with data or a RenewdError, and leaves no trace on Object.prototype. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RenewdError } from '../../../../src/core/errors.ts';
import { commonApprovers } from '../../../../src/providers/rrpproxy/approvers.ts';
import { factsOf, readClassInfo } from '../../../../src/providers/rrpproxy/class-info.ts';
import { readCertificateOrder, readContact } from '../../../../src/providers/rrpproxy/objects.ts';
import { toReading } from '../../../../src/providers/rrpproxy/reading.ts';
import { readCertificate } from '../../../../src/providers/rrpproxy/schema.ts';
import { toReading as toReading1 } from '../../../../src/providers/rrpproxy-v1/reading.ts';
import { readCertificate as readCertificate1 } from '../../../../src/providers/rrpproxy-v1/schema.ts';
import { parseAnswer, type Answer } from '../../../../src/vendors/command-text/wire.ts';
import { readPage } from '../../../../src/vendors/rrpproxy/pages.ts';
import { readProperties } from '../../../../src/vendors/rrpproxy/properties.ts';
import { answerSamples } from '../../../samples/rrpproxy.ts';
import { answerSamples as answerSamples1 } from '../../../samples/rrpproxy-v1.ts';

const names = ['example.com', 'www.example.com'];

const readers: readonly (readonly [string, (answer: Answer) => unknown])[] = [
  ['a certificate of API 2', (answer) => toReading(readCertificate(answer, 'EUR'), { names })],
  ['a certificate of API 1', (answer) => toReading1(readCertificate1(answer), { names })],
  ['a sub that was asked for', (answer) => readCertificate1(answer, 'CZ00001-002')],
  ['an order', readCertificateOrder],
  ['a contact', readContact],
  ['a class', (answer) => factsOf(readClassInfo(answer), '__proto__')],
  ['approvers', (answer) => commonApprovers(answer, names)],
  ['a page', (answer) => readPage(answer, 0, ['CERTIFICATE'], ['CLASS', '__PROTO__'])],
  ['properties', readProperties],
];

const property = fc.constantFrom(
  'certificate',
  'sub',
  'sub id',
  'sub status',
  'status',
  'dns rr',
  'dnsauth name',
  'file name',
  'fileauth name',
  'file contents',
  'domain',
  'dcv domain',
  'dcv email',
  'csr',
  'cert',
  'crt',
  'price',
  'created date',
  'total',
  'last',
  '__proto__',
  'constructor',
);
const value = fc.oneof(
  fc.string({ maxLength: 80, unit: 'binary' }),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '99999999999',
    '../../x',
    'example.com',
    '@ 3600 IN TXT a',
    '*',
    '__proto__',
  ),
);
const line = fc
  .tuple(property, fc.nat(30_000), value)
  .map(([name, index, text]) => `property[${name}][${index}] = ${text}`);

/** A sample of the documents, cut, doubled, or with its letters disturbed. */
const disturbed = fc
  .tuple(
    fc.constantFrom(...[...answerSamples, ...answerSamples1].map(({ text }) => text)),
    fc.nat(3000),
    fc.string({ maxLength: 20, unit: 'binary' }),
  )
  .chain(([text, at, noise]) =>
    fc.constantFrom(
      text.slice(0, at),
      text + text,
      text.slice(0, at) + noise + text.slice(at),
      Buffer.from(text, 'utf16le').toString('latin1'),
      text.replaceAll(' = ', '='),
    ),
  );

const text = fc.oneof(
  fc.array(line, { maxLength: 40 }).map((lines) => lines.join('\n')),
  disturbed,
);

function outcomeOf(read: () => unknown): string {
  try {
    return read() === undefined ? 'nothing' : 'data';
  } catch (thrown) {
    return thrown instanceof RenewdError ? thrown.code : 'not a RenewdError';
  }
}

test.each(readers)('%s', (_, read) => {
  const before = Object.getOwnPropertyNames(Object.prototype);
  fc.assert(
    fc.property(text, (body) => {
      expect(outcomeOf(() => read(parseAnswer(body)))).toMatch(/^(data|provider-protocol)$/);
    }),
    { numRuns: 200 },
  );
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  expect({}).not.toHaveProperty('polluted');
});

function placesOf(body: string): string[] {
  try {
    const { reading } = toReading1(readCertificate1(parseAnswer(body)), { names });
    return reading.challenges.map((one) => {
      if (one.kind === 'dns') return `dns ${one.recordName}`;
      return one.kind === 'file' ? `file ${one.host}${one.path}` : 'mail';
    });
  } catch {
    // Not believed at all: nothing is asked to be published.
    return [];
  }
}

test('what is asked to be published is bounded by the names, whatever the answer says', () => {
  const allowed =
    /^(mail|dns ([a-z0-9_-]+\.)*example\.com|file (www\.)?example\.com\/\.well-known\/pki-validation\/[A-Za-z0-9_.-]+)$/;
  fc.assert(
    fc.property(text, (body) => {
      expect(placesOf(body).filter((place) => !allowed.test(place))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
