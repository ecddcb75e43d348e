import { expect, test } from 'vitest';
import { attemptsMax, createGuard, isKnownHost, tokenIn } from '../../../src/status/guard.ts';
import { after, noon } from '../../builders/store-records.ts';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const token = 'correct-horse-battery-staple';

test.each<[string | undefined, string | undefined]>([
  [undefined, undefined],
  ['', undefined],
  ['Bearer abc', 'abc'],
  ['bearer   abc ', 'abc'],
  ['Bearer', undefined],
  ['Bearer a b', undefined],
  [basic('ada:s3cret:with:colons'), 's3cret:with:colons'],
  [basic(':pässword'), 'pässword'],
  [basic('no-colon'), undefined],
  ['Basic !!!', undefined],
  ['Digest abc', undefined],
  [`Bearer ${'x'.repeat(9000)}`, undefined],
])('%j shows %j', (header, shown) => {
  expect(tokenIn(header)).toBe(shown);
});

test.each<[string, string | undefined, string]>([
  ['nothing', undefined, 'missing'],
  ['the token', `Bearer ${token}`, 'granted'],
  ['the token as a password', basic(`prometheus:${token}`), 'granted'],
  ['another', 'Bearer wrong', 'wrong'],
  ['its beginning', `Bearer ${token.slice(0, -1)}`, 'wrong'],
  ['more than it', `Bearer ${token}x`, 'wrong'],
  ['an empty one', basic('ada:'), 'wrong'],
  ['no known form', token, 'wrong'],
])('%s: %s', (_title, header, verdict) => {
  expect(createGuard(token).judge(header, '192.0.2.1', noon).verdict).toBe(verdict);
});

test('without a token nothing is demanded', () => {
  const guard = createGuard(undefined);
  expect(guard.demandsToken).toBe(false);
  expect(guard.judge('Bearer x', '192.0.2.1', noon).verdict).toBe('granted');
});

test('a changed token counts at once, the one before no more', () => {
  const guard = createGuard(token);
  guard.setToken('another-token-of-ours');
  expect(guard.judge(`Bearer ${token}`, '192.0.2.1', noon).verdict).toBe('wrong');
  expect(guard.judge('Bearer another-token-of-ours', '192.0.2.1', noon).verdict).toBe('granted');
});

test('attempts: counted by address for a minute, said once, and nobody is locked out', () => {
  const guard = createGuard(token);
  const guess = (address: string, ms = 0) => guard.judge('Bearer guess', address, after(ms));
  expect(guess('192.0.2.1')).toEqual({ verdict: 'wrong', first: true });
  for (let count = 2; count <= attemptsMax; count += 1)
    expect(guess('192.0.2.1')).toEqual({ verdict: 'wrong', first: false });
  expect(guess('::ffff:192.0.2.1')).toEqual({ verdict: 'too-many', first: false });
  expect(guess('192.0.2.2')).toEqual({ verdict: 'wrong', first: true });
  expect(guard.judge(`Bearer ${token}`, '192.0.2.1', noon).verdict).toBe('granted');
  expect(guess('192.0.2.1', 59_999).verdict).toBe('too-many');
  expect(guess('192.0.2.1', 60_000)).toEqual({ verdict: 'wrong', first: true });
});

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff:1:2:3', true],
  ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
  ['fe80::1%eth0', 'fe80::2%eth0', true],
  ['2001:db8::', '2001:db8:0:0:1::', true],
])('%s and %s are one household: %s', (first, second, same) => {
  const guard = createGuard(token);
  guard.judge('Bearer guess', first, noon);
  expect(guard.judge('Bearer guess', second, noon).first).toBe(!same);
});

test('what is remembered of attempts is bounded', () => {
  const guard = createGuard(token);
  guard.judge('Bearer guess', '198.51.100.1', noon);
  for (let index = 0; index < 1000; index += 1)
    guard.judge('Bearer guess', `10.0.${index >> 8}.${index & 255}`, noon);
  expect(guard.judge('Bearer guess', '198.51.100.1', noon).first).toBe(true);
});

test.each<[string | undefined, boolean]>([
  [undefined, true],
  ['localhost', true],
  ['LOCALHOST:9464', true],
  ['localhost.:9464', true],
  ['127.0.0.1:9464', true],
  ['[::1]:9464', true],
  ['192.0.2.7', true],
  ['renewd.internal', true],
  ['Status.Example.com:443', true],
  ['example.com', false],
  ['localhost.example.com', false],
  ['127.0.0.1.example.com', false],
  ['evil.example:9464', false],
  ['[evil]', false],
  ['::1', false],
  ['', false],
  ['localhost:', false],
  ['localhost:9464, evil.example', false],
  ['evil@localhost', false],
])('a request for %j is for us: %s', (host, known) => {
  expect(isKnownHost(host, { host: 'renewd.internal', hosts: ['status.example.com'] })).toBe(known);
});
