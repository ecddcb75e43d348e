import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bounded, decodePem, encodePem, splitPemBlocks } from '../../../../src/vendors/common/text.ts';

describe('bounded', () => {
  test.each([
    ['plain', 'plain'],
    ['two\r\nlines', 'two lines'],
    ['\u001b[31mred\u001b[0m', '[31mred [0m'],
    ['right\u202eto left', 'right to left'],
    ['  edges \0', 'edges'],
  ])('%j becomes %j', (text, expected) => {
    expect(bounded(text)).toBe(expected);
  });

  test('is never longer than the limit and marks what is cut', () => {
    expect(bounded('x'.repeat(500))).toHaveLength(500);
    expect(bounded('x'.repeat(501))).toBe(`${'x'.repeat(499)}…`);
    expect(bounded('x'.repeat(10_000_000), 10)).toBe(`${'x'.repeat(9)}…`);
  });

  test('holds no control character, whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(bounded(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('splitPemBlocks', () => {
  const der = Buffer.from('some bytes that are longer than one line of sixty-four characters of base64');
  const normal = encodePem('CERTIFICATE', der);

  test.each([
    ['normal', normal],
    ['CRLF', normal.replaceAll('\n', '\r\n')],
    ['without final newline', normal.trimEnd()],
    [
      'base64 on one line',
      `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----`,
    ],
    ['all on one line', `-----BEGIN CERTIFICATE-----${der.toString('base64')}-----END CERTIFICATE-----`],
    ['words around', `subject=CN\n${normal}\nissuer=CN\n`],
  ])('%s', (_, text) => {
    expect(splitPemBlocks(text)).toEqual([{ label: 'CERTIFICATE', pem: normal }]);
  });

  test('concatenated blocks come in order', () => {
    const other = encodePem('CERTIFICATE REQUEST', Buffer.from('other'));
    expect(splitPemBlocks(normal.trimEnd() + other).map(({ label }) => label)).toEqual([
      'CERTIFICATE',
      'CERTIFICATE REQUEST',
    ]);
  });

  test.each([
    ['no end', '-----BEGIN CERTIFICATE-----\nAAAA\n'],
    ['another end', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END KEY-----'],
    ['no base64', '-----BEGIN CERTIFICATE-----\n<html>\n-----END CERTIFICATE-----'],
    ['empty', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----'],
  ])('%s is left out', (_, text) => {
    expect(splitPemBlocks(text)).toEqual([]);
  });

  test('any bytes survive the round trip', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        expect(decodePem(encodePem('X', bytes), ['X'])).toEqual(Buffer.from(bytes));
      }),
    );
  });
});
