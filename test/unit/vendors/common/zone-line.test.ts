import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseZoneLine, type ZoneLine } from '../../../../src/vendors/common/zone-line.ts';

const token = 'bk5yp3dh9xrb94byhhny76dhxt0wdkn4';

function txt(owner: string | undefined, value = token): ZoneLine {
  return { owner, type: 'TXT', value };
}
function cname(owner: string | undefined, value: string): ZoneLine {
  return { owner, type: 'CNAME', value };
}

describe('parseZoneLine', () => {
  test.each<[string, string, ZoneLine]>([
    ['RRPproxy manual 9.1.17', `@ 3600 IN TXT ${token}`, txt(undefined)],
    ['RRPproxy manual 9.1.25, index 0', token, txt(undefined)],
    [
      'RRPproxy manual 9.1.21',
      'm278fkyc6xmxyf1x2zwh6st7ch0866f9.example.com. IN CNAME dcv.digicert.com',
      cname('m278fkyc6xmxyf1x2zwh6st7ch0866f9.example.com', 'dcv.digicert.com'),
    ],
    [
      'Sectigo, API 1: double blanks, no TTL, no class',
      '_0D1C3C4E.example.com.  CNAME  a1b2.c3d4.comodoca.com.',
      cname('_0d1c3c4e.example.com', 'a1b2.c3d4.comodoca.com'),
    ],
    ['InterNetX prepare: tabs and quotes', `example.com.\t\t300\tIN\tTXT\t\t"${token}"`, txt('example.com')],
    ['InterNetX mock 2020', `_dnsauth.example.de.\t300\tIN\tTXT\t"${token}"`, txt('_dnsauth.example.de')],
    [
      'InterNetX prose: line break before the closing quote',
      `example.com. 300 IN TXT "${token}\n"`,
      txt('example.com'),
    ],
    ['quoted token alone', `"${token}"`, txt(undefined)],
    ['segments are joined', 'example.com. IN TXT "abc" "def"', txt('example.com', 'abcdef')],
    ['segments without owner', '"abc" "def"', txt(undefined, 'abcdef')],
    ['escapes', String.raw`a.example IN TXT "q\"b\\c\065"`, txt('a.example', String.raw`q"b\cA`)],
    ['class before TTL', `@ IN 60 TXT ${token}`, txt(undefined)],
    ['no owner', `IN TXT ${token}`, txt(undefined)],
    ['lower case', `@ in txt ${token}`, txt(undefined)],
    [
      'an owner called like a type, quoted data called like one',
      'txt.example. TXT "CNAME"',
      txt('txt.example', 'CNAME'),
    ],
  ])('%s', (_, line, expected) => {
    expect(parseZoneLine(line)).toEqual(expected);
  });

  test.each([
    ['empty', '  '],
    ['another type', 'example.com. IN A 192.0.2.1'],
    ['two words without a type', 'hello world'],
    ['open quote', 'example.com. IN TXT "abc'],
    ['two owners', `a b IN TXT ${token}`],
    ['TXT without data', 'example.com. IN TXT'],
    ['CNAME with two targets', 'a.example IN CNAME b.example c.example'],
    ['relative CNAME target', 'a.example IN CNAME target'],
    ['CNAME target that is no name', 'a.example IN CNAME http://b.example/'],
    ['endless', 'x'.repeat(5000)],
  ])('%s is not understood', (_, line) => {
    expect(parseZoneLine(line)).toBeUndefined();
  });

  test('never throws, whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (line) => {
        expect(() => parseZoneLine(line)).not.toThrow();
      }),
    );
  });

  test('white space and quotes do not change the meaning', () => {
    const blank = fc.constantFrom(' ', '\t', '  ', '\t\t', ' \t');
    const value = fc.stringMatching(/^[a-z0-9]{1,64}$/);
    fc.assert(
      fc.property(blank, blank, value, fc.boolean(), (first, second, word, quoted) => {
        fc.pre(!['txt', 'cname'].includes(word));
        const data = quoted ? `"${word}"` : word;
        const line = ['a.example.', '300', 'IN', 'TXT'].join(first) + second + data;
        expect(parseZoneLine(line)).toEqual(txt('a.example', word));
      }),
    );
  });
});
