import fc from 'fast-check';
import { join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { RenewdError } from '../../../src/core/errors.ts';
import { safeSegments } from '../../../src/publishers/path-safety.ts';

const host = 'www.example.test';

function check(path: string, content = 'token'): readonly string[] {
  return safeSegments({ host, path, content });
}

test.for([
  '/.well-known/pki-validation/fileauth.txt',
  '/.well-known/pki-validation/0123456789ABCDEF0123456789ABCDEF.txt',
  '/.well-known/acme-challenge/evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr_oA',
  '/0123456789abcdef.html',
  '/gsdv.htm',
])('%s is allowed', (path) => {
  expect(`/${check(path).join('/')}`).toBe(path);
});

test.for([
  ['', 'does not begin'],
  ['fileauth.txt', 'does not begin'],
  ['http://other.test/a.txt', 'does not begin'],
  ['/', 'no proof needs'],
  ['//a.txt', 'no proof needs'],
  ['/.well-known/pki-validation/', 'no proof needs'],
  ['/../a.txt', 'climbs'],
  ['/.well-known/../../a.txt', 'climbs'],
  ['/./a.txt', 'climbs'],
  ['/a/../b.txt', 'climbs'],
  ['/.htaccess', 'climbs, or has a hidden segment'],
  ['/.well-known', 'hidden segment'],
  ['/a/.well-known/b.txt', 'hidden segment'],
  ['/.git/config', 'hidden segment'],
  ['/.well-known/pki-validation/%2e%2e/a.txt', 'no proof needs'],
  ['/a\\..\\b.txt', 'no proof needs'],
  ['/a.txt?x=1', 'no proof needs'],
  ['/a.txt#x', 'no proof needs'],
  ['/a b.txt', 'no proof needs'],
  ['/a\n.txt', 'no proof needs'],
  ['/a\0.txt', 'no proof needs'],
  ['/ü.txt', 'no proof needs'],
  ['/proof.php', 'no proof needs'],
  ['/proof.php.txt', 'no proof needs'],
  ['/proof.svg', 'no proof needs'],
  ['/index.html', 'meaning of its own'],
  ['/robots.txt', 'meaning of its own'],
  ['/Security.txt', 'meaning of its own'],
  [`/${'a'.repeat(201)}.txt`, 'too long'],
  [`/${'a/'.repeat(8)}b.txt`, 'more than 8 segments'],
  [`/${'a'.repeat(1100)}`, 'longer than 1024'],
] as const)('%j is refused', ([path, reason]) => {
  expect(() => check(path)).toThrow(reason);
  expect(() => check(path)).toThrow(expect.objectContaining({ code: 'dcv-unsafe' }));
});

test('content is bounded and free of mark-up', () => {
  expect(check('/a.txt', 'x'.repeat(64 * 1024))).toEqual(['a.txt']);
  expect(() => check('/a.txt', 'x'.repeat(64 * 1024 + 1))).toThrow('too much');
  expect(() => check('/a.html', '<script>alert(1)</script>')).toThrow('mark-up');
});

test('whatever is allowed stays below the root', () => {
  const part = fc.oneof(
    fc.constantFrom('.', '..', '.well-known', 'a.txt', '', '%2e%2e', 'a\\b'),
    fc.string(),
  );
  const path = fc.array(part, { maxLength: 6 }).map((parts) => `/${parts.join('/')}`);
  fc.assert(
    fc.property(path, (text) => {
      let segments: readonly string[];
      try {
        segments = check(text);
      } catch (error) {
        if (error instanceof RenewdError && error.code === 'dcv-unsafe') return;
        throw error;
      }
      const full = join('/root', ...segments);
      expect(normalize(full)).toBe(full);
      expect(full.startsWith('/root/')).toBe(true);
      expect(full).toBe(`/root${text}`);
    }),
    { numRuns: 2000 },
  );
});
