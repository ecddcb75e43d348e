import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePem, pemBlocksMax, pemBytesMax, readPem } from '../../../src/pki/pem.ts';
import { newChain } from '../../builders/pki.ts';

const { leaf, intermediate } = await newChain();
const both = leaf.pem + intermediate.pem;
const oneLine = (pem: string): string => pem.replaceAll('\n', '');

const dialects: readonly (readonly [string, string | Uint8Array])[] = [
  ['as it should be', both],
  ['CRLF', both.replaceAll('\n', '\r\n')],
  ['CR only', both.replaceAll('\n', '\r')],
  ['no line break between blocks', both.replace('-----\n-----BEGIN', '----------BEGIN')],
  ['one line each', `${oneLine(leaf.pem)}\n${oneLine(intermediate.pem)}`],
  ['everything on one line', oneLine(both)],
  ['line breaks written out, as copied from JSON', both.replaceAll('\n', '\\n')],
  ['the same with CRLF', both.replaceAll('\n', '\\r\\n')],
  ['spaces for line breaks', both.replaceAll('\n', ' ')],
  ['indented', both.replaceAll(/^/gm, '    ')],
  ['text around and between', `subject=CN = shop\n${leaf.pem}\nissuer: - - ----- \n${intermediate.pem}bye`],
  ['a byte order mark', `\uFEFF${both}`],
  ['old labels', both.replaceAll(' CERTIFICATE-', ' X509 CERTIFICATE-')],
  ['short lines', both.replaceAll(/^([A-Za-z0-9+/]{20})/gm, '$1\n')],
  ['bytes', Buffer.from(both)],
];

describe('dialects', () => {
  test.each(dialects)('%s', (_title, input) => {
    const { blocks, problem } = readPem(input);
    expect(problem).toBeUndefined();
    expect(blocks.map(({ label }) => label)).toEqual(['CERTIFICATE', 'CERTIFICATE']);
    expect(blocks[0]?.der.equals(leaf.der)).toBe(true);
    expect(blocks[1]?.der.equals(intermediate.der)).toBe(true);
  });

  test('plain DER', () => {
    const { blocks } = readPem(leaf.der);
    expect(blocks).toHaveLength(1);
    expect(blocks[0]?.der.equals(leaf.der)).toBe(true);
  });

  test('an encrypted key of the old kind keeps its label and gives no content', () => {
    const pem =
      '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n';
    expect(readPem(pem)).toEqual({ blocks: [{ label: 'RSA PRIVATE KEY', der: Buffer.alloc(0) }] });
  });
});

describe('problems', () => {
  test.each([
    ['cut in the middle', both.slice(0, both.length - 100), 'truncated', 1],
    ['the first block never ends', leaf.pem.slice(0, 200) + intermediate.pem, 'truncated', 0],
    ['ends with another label', leaf.pem.replace('END CERTIFICATE', 'END PRIVATE KEY'), 'truncated', 0],
    ['not base64', leaf.pem.replace(/\n[^-]{20}/, '\n!!!!<html>not base64'), 'not-base64', 0],
    ['empty block', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n', 'not-base64', 0],
    ['too large', `${' '.repeat(pemBytesMax)}${both}`, 'too-large', 0],
    ['too many', leaf.pem.repeat(pemBlocksMax + 1), 'too-many', pemBlocksMax],
  ])('%s', (_title, input, code, blocks) => {
    const reading = readPem(input);
    expect(reading.problem?.code).toBe(code);
    expect(reading.blocks).toHaveLength(blocks);
  });

  test('text without any block is no problem, only empty', () => {
    expect(readPem('hello')).toEqual({ blocks: [] });
    expect(readPem('')).toEqual({ blocks: [] });
  });
});

describe('encoding', () => {
  test('is what OpenSSL and the other library write', () => {
    expect(encodePem('CERTIFICATE', leaf.der)).toBe(leaf.pem.replaceAll('\r', ''));
  });

  test('is read back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 500 }), (bytes) => {
        expect(readPem(encodePem('ANY LABEL', bytes)).blocks[0]?.der).toEqual(Buffer.from(bytes));
      }),
    );
  });
});

test('nothing makes it throw', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), fc.nat(both.length), fc.nat(100), (noise, at, cut) => {
      expect(readPem(both.slice(0, at) + noise + both.slice(at + cut)).blocks.length).toBeLessThanOrEqual(3);
      expect(readPem(Buffer.from(noise)).blocks.length).toBeLessThanOrEqual(1);
    }),
  );
});
