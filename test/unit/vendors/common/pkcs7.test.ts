import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RenewdError } from '../../../../src/core/errors.ts';
import { certificatesOfPkcs7 } from '../../../../src/vendors/common/pkcs7.ts';
import { newCa, newLeaf, type TestCertificate } from '../../../builders/pki.ts';

let folder = '';
let chain: readonly TestCertificate[] = [];
let der = Buffer.alloc(0);
let pem = Buffer.alloc(0);

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
}

function refusal(bytes: Uint8Array): RenewdError {
  try {
    certificatesOfPkcs7(bytes);
  } catch (thrown) {
    if (thrown instanceof RenewdError) return thrown;
    throw thrown;
  }
  throw new Error('not refused');
}

/** "certificates", or the code of the typed error; anything else that is thrown fails the test. */
function outcome(bytes: Uint8Array): string {
  try {
    return certificatesOfPkcs7(bytes).length <= 32 ? 'certificates' : 'too many';
  } catch (thrown) {
    if (thrown instanceof RenewdError) return thrown.code;
    throw thrown;
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pkcs7-'));
  const root = await newCa('Root');
  const middle = await newCa('Middle', root);
  const leaf = await newLeaf(middle);
  chain = [leaf, middle, root];
  writeFileSync(join(folder, 'chain.pem'), chain.map((one) => one.pem).join('\n'));
  writeFileSync(join(folder, 'leaf.pem'), leaf.pem);
  writeFileSync(join(folder, 'leaf.key'), leaf.key.pem);
  openssl('crl2pkcs7', '-nocrl', '-certfile', 'chain.pem', '-outform', 'DER', '-out', 'chain.p7b');
  openssl('crl2pkcs7', '-nocrl', '-certfile', 'chain.pem', '-out', 'chain.p7b.pem');
  der = readFileSync(join(folder, 'chain.p7b'));
  pem = readFileSync(join(folder, 'chain.p7b.pem'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A message is a set: no order is promised. */
function inHex(ders: readonly Buffer[]): readonly string[] {
  return ders.map((one) => one.toString('hex')).sort();
}

function wholeChain(): readonly string[] {
  return inHex(chain.map((one) => one.der));
}

describe('what openssl made', () => {
  test('DER: every certificate, byte for byte', () => {
    expect(inHex(certificatesOfPkcs7(der))).toEqual(wholeChain());
  });
  test('PEM', () => {
    expect(inHex(certificatesOfPkcs7(pem))).toEqual(wholeChain());
  });
  test('PEM with the label CMS and CRLF', () => {
    const text = pem.toString().replaceAll('PKCS7', 'CMS').replaceAll('\n', '\r\n');
    expect(inHex(certificatesOfPkcs7(Buffer.from(text)))).toEqual(wholeChain());
  });
  test('a view into a larger buffer', () => {
    const large = Buffer.concat([Buffer.alloc(100, 7), der, Buffer.alloc(100, 7)]);
    expect(inHex(certificatesOfPkcs7(large.subarray(100, 100 + der.length)))).toEqual(wholeChain());
  });
  test('indefinite lengths, as other tools write them', () => {
    openssl(
      'cms',
      '-sign',
      '-in',
      'leaf.pem',
      '-signer',
      'leaf.pem',
      '-inkey',
      'leaf.key',
      '-outform',
      'DER',
      '-stream',
      '-out',
      'signed.ber',
    );
    const signed = readFileSync(join(folder, 'signed.ber'));
    expect(signed.subarray(0, 2).toString('hex')).toBe('3080');
    // Understood, and refused for what it is.
    expect(refusal(signed).message).toContain('signed message');
  });
  test('no certificate at all', () => {
    openssl('crl2pkcs7', '-nocrl', '-outform', 'DER', '-out', 'empty.p7b');
    expect(certificatesOfPkcs7(readFileSync(join(folder, 'empty.p7b')))).toEqual([]);
  });
});

describe('refused', () => {
  test('a certificate, a PEM certificate, and nothing', () => {
    for (const bytes of [chain[0]?.der, Buffer.from(chain[0]?.pem ?? ''), Buffer.alloc(0)]) {
      expect(refusal(bytes ?? Buffer.alloc(0))).toMatchObject({
        code: 'provider-protocol',
        kind: 'protocol',
      });
    }
  });
  test.each([
    ['a signature', []],
    ['a signature with what was signed', ['-nodetach']],
  ])('%s', (_, more) => {
    const by = ['-signer', 'leaf.pem', '-inkey', 'leaf.key'];
    openssl('cms', '-sign', '-in', 'leaf.pem', ...by, ...more, '-outform', 'DER', '-out', 'signed.der');
    expect(refusal(readFileSync(join(folder, 'signed.der'))).message).toContain('signed message');
  });
  test('another kind of message', () => {
    openssl(
      'cms',
      '-encrypt',
      '-in',
      'leaf.pem',
      '-outform',
      'DER',
      '-out',
      'enveloped.der',
      '-aes256',
      'leaf.pem',
    );
    expect(refusal(readFileSync(join(folder, 'enveloped.der'))).message).toContain('not SignedData');
  });
  test('more certificates than any chain has', () => {
    const many = Array.from({ length: 33 }, () => chain[0]?.pem ?? '').join('\n');
    writeFileSync(join(folder, 'many.pem'), many);
    openssl('crl2pkcs7', '-nocrl', '-certfile', 'many.pem', '-outform', 'DER', '-out', 'many.p7b');
    expect(refusal(readFileSync(join(folder, 'many.p7b'))).message).toContain('32 certificates');
  });
  test('more than a mebibyte', () => {
    expect(refusal(Buffer.alloc(1024 * 1024 + 1, 0x30)).message).toContain('bytes');
  });
  test('nesting without end', () => {
    expect(refusal(Buffer.alloc(100_000, Buffer.from([0x30, 0x80]))).kind).toBe('protocol');
  });
});

test('any bytes, cut, doubled or changed: certificates or a typed error', () => {
  const changed = fc
    .record({
      at: fc.nat(der.length - 1),
      byte: fc.nat(255),
      cut: fc.option(fc.nat(der.length), { nil: undefined }),
      twice: fc.boolean(),
    })
    .map(({ at, byte, cut, twice }) => {
      const copy = Buffer.from(der);
      copy[at] = byte;
      const part = cut === undefined ? copy : copy.subarray(0, cut);
      return twice ? Buffer.concat([part, part]) : part;
    });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((one) => Buffer.from(one)),
    fc.nat(pem.length).map((cut) => pem.subarray(0, cut)),
    changed,
  );
  fc.assert(
    fc.property(bytes, (input) => {
      expect(['certificates', 'provider-protocol']).toContain(outcome(input));
    }),
    { numRuns: 500 },
  );
  expect(Object.keys(Object.prototype)).toEqual([]);
}, 20_000);
