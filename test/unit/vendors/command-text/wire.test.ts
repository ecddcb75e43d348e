import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  column,
  joinedLines,
  normalName,
  parseAnswer,
  pemLines,
  serialiseCommand,
  single,
  type Answer,
} from '../../../../src/vendors/command-text/wire.ts';
import { commandOf } from '../../providers/rrpproxy/support.ts';

describe('serialiseCommand', () => {
  test('writes one line per parameter, lists with numbers, nothing for undefined', () => {
    const text = serialiseCommand('AddCertificate', {
      apiversion: 2,
      csr: ['a', 'b'],
      class: undefined,
      domain: ['x'],
    });
    expect(text).toBe('COMMAND=AddCertificate\nAPIVERSION=2\nCSR0=a\nCSR1=b\nDOMAIN0=x');
  });

  test.each(['a\nb', 'a\rb', 'a\0b'])(
    'refuses the value %j, which would be cut or begin another line',
    (value) => {
      expect(() => serialiseCommand('X', { name: value })).toThrowError(
        expect.objectContaining({ code: 'internal' }),
      );
      expect(() => serialiseCommand('X', { name: [value] })).toThrowError(
        expect.objectContaining({ code: 'internal' }),
      );
    },
  );

  test('refuses names that would be another line or parameter', () => {
    expect(() => serialiseCommand('X', { 'a=b': '1' })).toThrowError(
      expect.objectContaining({ code: 'internal' }),
    );
  });

  test('any PEM text survives the way through indexed parameters, modulo line ends', () => {
    const lines = fc.array(fc.stringMatching(/^[A-Za-z0-9+/=-]{1,76}$/), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(lines, fc.constantFrom('\n', '\r\n'), (body, newline) => {
        const heard = commandOf(serialiseCommand('X', { csr: pemLines(body.join(newline) + newline) }));
        expect(body.map((_, index) => heard[`CSR${index}`])).toEqual(body);
      }),
    );
  });
});

/** One answer in the four styles of the sources. */
const rows: readonly (readonly [string, number, string])[] = [
  ['certificate', 0, 'DK12345678'],
  ['order paid until', 0, '2023-01-18 14:20:09.0'],
  ['expiration date', 0, ''],
  ['csr', 0, 'MIIC=='],
  ['csr', 1, 'x=y'],
];
const dialects: Readonly<Record<string, string>> = {
  'RRPproxy wire': `[RESPONSE]\ncode = 200\ndescription = Fine = done\nruntime = 0.1\n${rows.map(([n, i, v]) => `property[${n}][${i}] = ${v}`).join('\n')}\nEOF\n`,
  'HEXONET wire': `[RESPONSE]\r\n${rows.map(([n, i, v]) => `PROPERTY[${n.replaceAll(' ', '').toUpperCase()}][${i}]=${v}`).join('\r\n')}\r\nCODE=200\r\nDESCRIPTION=Fine = done\r\nQUEUETIME=0\r\nEOF\r\n`,
  'knowledge base': `code \t= 200\ndescription= Fine = done\n${rows.map(([n, i, v]) => `property[${n.replaceAll(' ', '_')}][${i}] \t= ${v}  `).join('\n')}`,
  manual: `[RESPONSE]\ncode = 200\ndescription = Fine = done\nqueuetime = 0\n${rows.map(([n, i, v]) => `property[${n}][${i}] = ${v}`).join('\n\n')}`,
};

describe('parseAnswer', () => {
  test.each(Object.entries(dialects))('reads the style of: %s', (_, text) => {
    const answer = parseAnswer(text);
    expect(answer.code).toBe(200);
    expect(answer.description).toBe('Fine = done');
    expect(answer.properties).toEqual(parseAnswer(dialects['RRPproxy wire'] ?? '').properties);
    expect(column(answer, 'CSR')).toEqual(['MIIC==', 'x=y']);
    expect(single(answer, 'ORDERPAIDUNTIL')).toBe('2023-01-18 14:20:09.0');
    expect(single(answer, 'EXPIRATIONDATE')).toBeUndefined();
    expect(answer.ended).toBe(text.trimEnd().endsWith('EOF'));
  });

  test('honours indices: order and gaps stay', () => {
    const answer = parseAnswer('code = 200\nproperty[domain][2] = c\nproperty[domain][0] = a');
    expect(column(answer, 'DOMAIN')).toEqual(['a', undefined, 'c']);
    expect(answer.repeated.size).toBe(0);
  });

  test('a repeated index is kept at the end and flagged (manual 9.1.30)', () => {
    const answer = parseAnswer(
      [
        'code = 200',
        'property[certificate expiration date][0] = 2022-01-18 13:33:32.0',
        'property[certificate expiration date][0] =',
        'property[certificate status][0] = expired',
        'property[certificate status][1] = processing',
      ].join('\n'),
    );
    expect(column(answer, 'CERTIFICATEEXPIRATIONDATE')).toEqual(['2022-01-18 13:33:32.0', undefined]);
    expect([...answer.repeated]).toEqual(['CERTIFICATEEXPIRATIONDATE']);
  });

  test('numbered names stand for a column (manual tables: dcvtoken#)', () => {
    const answer = parseAnswer('code=200\nproperty[dcvtoken0][0]=a\nproperty[dcvtoken1][0]=b');
    expect(column(answer, 'DCVTOKEN')).toEqual(['a', 'b']);
  });

  test('the last of repeated fields wins', () => {
    expect(parseAnswer('code = 200\ncode = 421').code).toBe(421);
  });

  test.each([
    ['empty', ''],
    ['html', '<html><body style="x=y">502</body></html>'],
    ['no code', 'description = hello'],
    ['a word as code', 'code = ok'],
    ['a long code', 'code = 2000'],
    ['a code like a property', 'property[code][0] = 200'],
  ])('%s has no result code', (_, text) => {
    expect(parseAnswer(text).code).toBeUndefined();
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'a property called %s is only a property',
    (name) => {
      const answer = parseAnswer(
        `code = 200\n${name} = x\nproperty[${name}][0] = evil\nproperty[polluted][0] = 1`,
      );
      expect(single(answer, normalName(name))).toBe('evil');
      expect(Object.getPrototypeOf(answer.properties)).toBeNull();
      expect(({} as Record<string, unknown>)['evil']).toBeUndefined();
      expect(column(parseAnswer('code = 200'), normalName(name))).toEqual([]);
    },
  );

  test('an absurd index costs nothing', () => {
    const answer = parseAnswer('code = 200\nproperty[x][999999999] = a\nproperty[x][99999999999999] = b');
    expect(column(answer, 'X')).toEqual([]);
  });

  test('PEM lines are joined with LF', () => {
    expect(joinedLines(parseAnswer('code=200\nproperty[cert][1]=b\nproperty[cert][0]=a'), 'CERT')).toBe(
      'a\nb\n',
    );
    expect(joinedLines(parseAnswer('code=200'), 'CERT')).toBeUndefined();
  });
});

describe('parseAnswer, for any answer', () => {
  const name = fc.stringMatching(/^[a-z]{1,8}( [a-z]{1,8})?$/);
  const value = fc.stringMatching(/^[!-~]([ -~]{0,40}[!-~])?$/);
  const properties = fc.dictionary(name, fc.array(value, { minLength: 1, maxLength: 5 }), { maxKeys: 6 });
  const style = fc.record({
    newline: fc.constantFrom('\n', '\r\n'),
    blank: fc.constantFrom('', ' ', '\t', '  '),
    upper: fc.boolean(),
    header: fc.boolean(),
  });

  function render(
    content: Record<string, string[]>,
    { newline, blank, upper, header }: { newline: string; blank: string; upper: boolean; header: boolean },
  ): string {
    const word = (text: string): string => (upper ? text.toUpperCase() : text);
    const lines = Object.entries(content).flatMap(([key, values]) =>
      values.map((entry, index) => `${word(`property[${key}]`)}[${index}]${blank}=${blank}${entry}`),
    );
    const all = [`${word('code')}${blank}=${blank}200`, ...lines];
    return (header ? ['[RESPONSE]', ...all, 'EOF'] : all).join(newline);
  }

  function contents(answer: Answer): Record<string, (string | undefined)[]> {
    return Object.fromEntries(Object.entries(answer.properties).map(([key, values]) => [key, [...values]]));
  }

  test('what was rendered in any style is read back', () => {
    fc.assert(
      fc.property(properties, style, (content, how) => {
        fc.pre(new Set(Object.keys(content).map(normalName)).size === Object.keys(content).length);
        const answer = parseAnswer(render(content, how));
        const expected = Object.fromEntries(
          Object.entries(content).map(([key, values]) => [normalName(key), values]),
        );
        expect(contents(answer)).toEqual(expected);
        expect(answer.code).toBe(200);
        expect(answer.ended).toBe(how.header);
      }),
    );
  });

  test('a truncated one is read without a throw and never gains a value', () => {
    fc.assert(
      fc.property(properties, style, fc.nat(), (content, how, cut) => {
        const text = render(content, how);
        const part = text.slice(0, cut % (text.length + 1));
        const count = (answer: Answer): number => Object.values(contents(answer)).flat().length;
        expect(count(parseAnswer(part))).toBeLessThanOrEqual(count(parseAnswer(text)));
      }),
    );
  });

  test('duplicated lines are flagged and lose nothing', () => {
    fc.assert(
      fc.property(properties, style, (content, how) => {
        fc.pre(Object.keys(content).length > 0);
        const text = render(content, { ...how, header: false });
        const answer = parseAnswer(text + how.newline + text);
        expect(answer.repeated).toEqual(new Set(Object.keys(content).map(normalName)));
      }),
    );
  });

  test('any text is read without a throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(() => parseAnswer(text)).not.toThrow();
      }),
    );
  });
});
