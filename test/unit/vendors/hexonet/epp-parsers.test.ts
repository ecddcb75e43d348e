import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RenewdError } from '../../../../src/core/errors.ts';
import {
  column,
  commandPairs,
  joinedLines,
  pemLines,
  single,
} from '../../../../src/vendors/command-text/wire.ts';
import { parseGreeting, parseResponse } from '../../../../src/vendors/hexonet/epp/answers.ts';
import { createFrameReader, encodeFrame, frameBytesMax } from '../../../../src/vendors/hexonet/epp/frame.ts';
import { propertiesOf } from '../../../../src/vendors/hexonet/epp/key-values.ts';
import { commandMessage, loginMessage } from '../../../../src/vendors/hexonet/epp/messages.ts';
import { described, greeting, response, thrownIn } from './support.ts';
import { cpuTimeMs } from '../../../builders/cpu-time.ts';

describe('frames', () => {
  const texts = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), {
    minLength: 1,
    maxLength: 8,
  });

  test('any texts, cut into chunks anywhere, come back whole and in order', () => {
    fc.assert(
      fc.property(
        texts,
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 30 }),
        (list, cuts) => {
          const bytes = Buffer.concat(list.map(encodeFrame));
          const reader = createFrameReader();
          const got: string[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
            const size = cuts[turn % cuts.length] ?? 1;
            got.push(...reader.push(bytes.subarray(at, at + size)));
            at += size;
          }
          expect(got).toEqual(list.map((text) => Buffer.from(text, 'utf8').toString('utf8')));
        },
      ),
    );
  });

  test('any bytes give data units or a typed error', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 }), (chunks) => {
        const reader = createFrameReader();
        const thrown = thrownIn(() => {
          for (const chunk of chunks) reader.push(chunk);
        });
        expect(['nothing', 'RenewdError']).toContain(thrown);
      }),
    );
  });

  test.each([
    [frameBytesMax, undefined],
    [frameBytesMax + 1, 'provider-answer-too-large'],
    [0xff_ff_ff_ff, 'provider-answer-too-large'],
    [4, 'provider-protocol'],
    [0, 'provider-protocol'],
    [5, undefined],
  ])('a length of %i: %s', async (length, code) => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(length);
    const pushed = await Promise.resolve()
      .then(() => createFrameReader().push(head))
      .catch((thrown: unknown) => (thrown instanceof RenewdError ? thrown.code : thrown));
    expect(pushed).toEqual(code ?? []);
  });

  test('the length counts itself, as RFC 5734 says', () => {
    expect(encodeFrame('ä').toString('hex')).toBe('00000006c3a4');
  });
});

describe('keys', () => {
  const read = (...keys: readonly (readonly [string, string | undefined])[]) => ({
    code: 200,
    description: '',
    ended: true,
    ...propertiesOf(keys.map(([key, value]) => ({ key, value }))),
  });

  test('index 0 has no number, the others follow the name', () => {
    const answer = read(['CSR2', 'c'], ['CSR', 'a'], ['CSR1', 'b'], ['SSLCERTID', '570']);
    expect(joinedLines(answer, 'CSR')).toBe('a\nb\nc\n');
    expect(single(answer, 'SSLCERTID')).toBe('570');
  });

  test('eleven and more lines are numbers of the shortest name that is there', () => {
    const keys = Array.from(
      { length: 25 },
      (_, index) => [`FOO${index === 0 ? '' : index}`, String(index)] as const,
    );
    expect(column(read(...keys), 'FOO')).toEqual(Array.from({ length: 25 }, (_, index) => String(index)));
  });

  test('a name that ends in a digit is a name when nothing shorter is there', () => {
    const answer = read(
      ['EVENTDATA0', 'x'],
      ['EVENTDATA01', 'y'],
      ['OWNERCONTACT0CITY', 'Berlin'],
      ['OWNERCONTACT0', 'P-1'],
    );
    expect(column(answer, 'EVENTDATA0')).toEqual(['x', 'y']);
    expect(single(answer, 'OWNERCONTACT0CITY')).toBe('Berlin');
    expect(single(answer, 'OWNERCONTACT0')).toBe('P-1');
  });

  test('a list whose index 0 is missing keeps its places', () => {
    const answer = read(['VALIDATIONDNSRR1', 'second'], ['VALIDATION', 'EMAIL'], ['VALIDATION1', 'DNSZONE']);
    expect(column(answer, 'VALIDATIONDNSRR')).toEqual([undefined, 'second']);
  });

  test('an element without a value is NULL, and holds its place', () => {
    const answer = read(['VALIDATIONDNSRR', undefined], ['VALIDATIONDNSRR1', 'x']);
    expect(column(answer, 'VALIDATIONDNSRR')).toEqual([undefined, 'x']);
  });

  test('case does not matter, a repeated key is kept at the end and told', () => {
    const answer = read(['sslcertid', '1'], ['SSLCERTID', '2'], ['ownercontact0email', 'a@b.example']);
    expect(column(answer, 'SSLCERTID')).toEqual(['1', '2']);
    expect([...answer.repeated]).toEqual(['SSLCERTID']);
    expect(single(answer, 'OWNERCONTACT0EMAIL')).toBe('a@b.example');
  });

  test('any keys at all: bounded, and no prototype is touched', () => {
    const key = fc.oneof(
      fc.constantFrom(
        '__proto__',
        '__proto__1',
        'constructor',
        'CSR99999999',
        'CSR1',
        'CSR',
        '',
        ' ',
        '1',
        '01',
        'toString2',
      ),
      fc.string({ maxLength: 30 }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(key, fc.option(fc.string(), { nil: undefined })), { maxLength: 60 }),
        (rows) => {
          const { properties } = propertiesOf(rows.map(([name, value]) => ({ key: name, value })));
          expect(Object.getPrototypeOf(properties)).toBeNull();
          for (const values of Object.values(properties)) expect(values.length).toBeLessThanOrEqual(20_061);
          expect(Object.keys(Object.prototype)).toEqual([]);
          expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
        },
      ),
    );
  });
});

describe('documents', () => {
  test('a command with anything in its values reads back as it was', () => {
    const value = fc
      .string({ unit: 'binary', maxLength: 40 })
      .map((text) => text.replace(/[\p{Cc}\ufffe\uffff]/gu, ''));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), (values) => {
        const xml = commandMessage(commandPairs('X', { csr: values, empty: null }));
        const { pairs } = described(xml);
        expect(pairs).toEqual({
          COMMAND: 'X',
          EMPTY: null,
          ...Object.fromEntries(values.map((one, index) => [`CSR${index}`, one])),
        });
      }),
    );
  });

  test('a PEM text survives the way through keys in both directions', () => {
    const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${'MIIB+/=\n'.repeat(20)}-----END CERTIFICATE REQUEST-----\n`;
    const rows = pemLines(pem).map((line, index) => [`CSR${index === 0 ? '' : index}`, line] as const);
    expect(joinedLines(parseResponse(response(rows)).answer, 'CSR')).toBe(pem);
  });

  test.each(['a\nb', 'a\0b', 'a\u0007b', '\ud800', '\uffff'])(
    '%j cannot be said in XML, and is not',
    (text) => {
      const login = { login: text, password: 'x', objectUris: [], transactionId: 'y' };
      expect(() => loginMessage(login)).toThrowError(expect.objectContaining({ code: 'config-invalid' }));
    },
  );

  test('prefixes are the sender’s choice', () => {
    const plain = response([['SSLCERTID', '570']]);
    const other = plain
      .replaceAll('keyvalue:', 'k:')
      .replace('xmlns:keyvalue', 'xmlns:k')
      .replaceAll(/<(\/?)(epp|response|result|msg|extValue|value|reason|extension|trID|svTRID)\b/g, '<$1e:$2')
      .replace('<e:epp xmlns=', '<e:epp xmlns:e=')
      .replaceAll('e:extension xmlns:k', 'k:extension xmlns:k');
    const fixed = other.replace(
      /<k:extension ([^>]*)>([\s\S]*?)<\/(e:|k:)extension>/,
      '<k:extension $1>$2</k:extension>',
    );
    expect(single(parseResponse(fixed).answer, 'SSLCERTID')).toBe('570');
  });

  test('several results: the refusal counts', () => {
    const two = response().replace(
      '<result code="1000">',
      '<result code="1000"><msg>ok</msg></result><result code="2303">',
    );
    expect(parseResponse(two.replace('200 Command', '545 Command')).answer.code).toBe(545);
  });

  const whole = response([
    ['VALIDATIONDNSRR', 'a.b. CNAME c.b.'],
    ['CSR', 'x'],
    ['CSR1', 'y'],
  ]);
  const outcomes = (xml: string): readonly string[] =>
    [parseResponse, parseGreeting].map((parse) => thrownIn(() => void parse(xml)));
  const typed = expect.stringMatching(/^(nothing|RenewdError)$/);

  test('truncated anywhere, doubled, or with a stroke of the hammer: a typed error or an answer', () => {
    for (const one of [whole, greeting()]) {
      const cut = Array.from({ length: one.length }, (_, length) => outcomes(one.slice(0, length)));
      expect(new Set(cut.flat())).toEqual(new Set(['RenewdError']));
      expect(outcomes(one + one)).toEqual(['RenewdError', 'RenewdError']);
    }
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: whole.length }),
        fc.string({ unit: 'binary', maxLength: 20 }),
        (at, text) => {
          const broken = whole.slice(0, at) + text + whole.slice(at + text.length);
          expect(outcomes(broken)).toEqual([typed, typed]);
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each([
    ['laughs', `<!DOCTYPE epp [<!ENTITY a "${'b'.repeat(50)}"><!ENTITY c "&a;&a;&a;&a;">]><epp>&c;</epp>`],
    ['an external entity', '<!DOCTYPE epp [<!ENTITY x SYSTEM "file:///etc/passwd">]><epp>&x;</epp>'],
    ['a processing instruction', `<?xml-stylesheet href="x"?>${whole}`],
    ['depth', '<a>'.repeat(5000)],
    ['size', `<epp>${'x'.repeat(1024 * 1024)}</epp>`],
    ['width', `<epp>${'<a/>'.repeat(20_000)}</epp>`],
  ])('%s are refused quickly', (_, xml) => {
    const spentMs = cpuTimeMs(() => {
      expect(() => parseResponse(xml)).toThrowError(expect.objectContaining({ code: 'provider-protocol' }));
    });
    expect(spentMs).toBeLessThan(1000);
  });
});
