import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RenewdError } from '../../../src/core/errors.ts';
import { opcodes, recordClasses, recordTypes } from '../../../src/dns/codes.ts';
import {
  blankHeader,
  decodeMessage,
  encodeMessage,
  fullRcode,
  type Message,
} from '../../../src/dns/message.ts';
import { cpuTimeMs } from '../../builders/cpu-time.ts';
import { arbitraryMessage, arbitraryName } from './arbitrary.ts';
import { textRecord } from './fake-server.ts';

/** Decodes, or gives the typed error; anything else fails the test. */
function attempt(bytes: Uint8Array): Message | RenewdError {
  try {
    return decodeMessage(bytes);
  } catch (error) {
    if (error instanceof RenewdError && error.code === 'dns-failed' && error.kind === 'protocol')
      return error;
    throw error;
  }
}

function reasonFor(bytes: readonly number[]): string {
  const result = attempt(Uint8Array.from(bytes));
  if (!(result instanceof RenewdError)) throw new Error('was decoded');
  return result.message;
}

/** Header of a query with one question. */
const oneQuestion = [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
const typeAndClass = [0, 16, 0, 1];

describe('what is encoded', () => {
  test('decodes to the same message', () => {
    fc.assert(
      fc.property(arbitraryMessage, (message) => {
        expect(decodeMessage(encodeMessage(message))).toEqual(message);
      }),
      { numRuns: 500 },
    );
  });

  test('shares name endings', () => {
    const names = ['www.example.test', 'mail.example.test', 'example.test'];
    const bytes = encodeMessage({
      header: blankHeader(1, opcodes.query),
      questions: names.map((name) => ({ name, type: recordTypes.TXT, class: recordClasses.IN })),
      answers: [],
      authorities: [],
      additionals: [],
    });
    const [first, second, third] = [18, 7, 2];
    expect(bytes).toHaveLength(12 + first + second + third + 3 * 4);
  });

  test('is refused when it does not fit a message', () => {
    const message: Message = {
      header: blankHeader(1, opcodes.query),
      questions: [],
      answers: Array.from({ length: 300 }, () => textRecord('a', 'x'.repeat(255))),
      authorities: [],
      additionals: [],
    };
    expect(() => encodeMessage(message)).toThrow(/longer than 65535 octets/);
    expect(() => encodeMessage({ ...message, answers: [textRecord('a', 'x'.repeat(256))] })).toThrow(
      /TXT segment/,
    );
  });
});

describe('hostile octets give a message or the typed error', () => {
  test('random ones', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        expect(attempt(bytes)).toBeDefined();
      }),
      { numRuns: 2000 },
    );
  });

  test('random ones behind a plausible header', () => {
    const counts = fc.array(fc.nat(3), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(counts, fc.uint8Array({ maxLength: 300 }), (numbers, rest) => {
        const bytes = Uint8Array.from([0, 1, 0x80, 0, ...numbers.flatMap((number) => [0, number]), ...rest]);
        expect(attempt(bytes)).toBeDefined();
      }),
      { numRuns: 2000 },
    );
  });

  test('cut off anywhere', () => {
    fc.assert(
      fc.property(arbitraryMessage, fc.nat(), (message, seed) => {
        const bytes = encodeMessage(message);
        expect(attempt(bytes.subarray(0, seed % bytes.length))).toBeInstanceOf(RenewdError);
      }),
      { numRuns: 500 },
    );
  });

  test('sent twice in one packet', () => {
    fc.assert(
      fc.property(arbitraryMessage, (message) => {
        const bytes = encodeMessage(message);
        expect(attempt(Uint8Array.from([...bytes, ...bytes]))).toBeInstanceOf(RenewdError);
      }),
    );
  });

  test('with one octet changed', () => {
    fc.assert(
      fc.property(arbitraryMessage, fc.nat(), fc.nat(255), (message, seed, octet) => {
        const bytes = encodeMessage(message);
        bytes[seed % bytes.length] = octet;
        expect(attempt(bytes)).toBeDefined();
      }),
      { numRuns: 1000 },
    );
  });

  test.for<[string, number[]]>([
    ['a pointer to itself', [0xc0, 12]],
    ['two pointers to each other', [0xc0, 14, 0xc0, 12]],
    ['a pointer forwards', [0xc0, 20]],
    ['a label and a pointer back to it', [1, 0x61, 0xc0, 12]],
  ])('%s', ([, name]) => {
    expect(reasonFor([...oneQuestion, ...name, ...typeAndClass])).toContain('does not lead backwards');
  });

  test('a reserved label type, a name too long, data that does not fit', () => {
    expect(reasonFor([...oneQuestion, 0x40, 0, ...typeAndClass])).toContain('reserved type');
    const labels = Array.from({ length: 5 }, () => [63, ...Buffer.alloc(63, 'a')]).flat();
    expect(reasonFor([...oneQuestion, ...labels, 0, ...typeAndClass])).toContain('longer than 255 octets');
    const oneAnswer = [0, 1, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0];
    const shortAddress = [0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 3, 192, 0, 2];
    expect(reasonFor([...oneAnswer, ...shortAddress])).toContain('ends early');
    const longAddress = [0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 5, 192, 0, 2, 1, 9];
    expect(reasonFor([...oneAnswer, ...longAddress])).toContain('does not fit its length');
    const textOverItsEnd = [0, 0, 16, 0, 1, 0, 0, 0, 0, 0, 2, 5, 97, 98, 99, 100, 101];
    expect(reasonFor([...oneAnswer, ...textOverItsEnd])).toContain('does not fit its length');
  });

  test('the most costly packet that fits is read in well under a second', () => {
    // One name of 127 labels, then as many records as fit, each a pointer to it.
    const name = [...Array.from({ length: 127 }, () => [1, 0x61]).flat(), 0];
    const record = [0xc0, 12, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    const count = Math.floor((65_535 - 12 - name.length - 4) / record.length);
    const header = [0, 1, 0x80, 0, 0, 1, count >> 8, count & 0xff, 0, 0, 0, 0];
    const bytes = Uint8Array.from([
      ...header,
      ...name,
      ...typeAndClass,
      ...Array.from({ length: count }, () => record).flat(),
    ]);
    let result: Message | RenewdError | undefined;
    expect(cpuTimeMs(() => (result = attempt(bytes)))).toBeLessThan(5000);
    expect(result).toMatchObject({ answers: { length: count } });
  });
});

test('names of any octets survive as text', () => {
  fc.assert(
    fc.property(arbitraryName, (name) => {
      const message: Message = {
        header: blankHeader(0, opcodes.query),
        questions: [{ name, type: 1, class: 1 }],
        answers: [],
        authorities: [],
        additionals: [],
      };
      expect(decodeMessage(encodeMessage(message)).questions[0]?.name).toBe(name);
    }),
  );
});

test('the upper bits of an rcode come from OPT', () => {
  const message: Message = {
    header: { ...blankHeader(1, opcodes.query), rcode: 0 },
    questions: [],
    answers: [],
    authorities: [],
    additionals: [
      { name: '', type: recordTypes.OPT, class: 1232, ttl: 0x0100_0000, data: { kind: 'OPT', options: [] } },
    ],
  };
  expect(fullRcode(message)).toBe(16);
  expect(fullRcode({ ...message, additionals: [] })).toBe(0);
});
