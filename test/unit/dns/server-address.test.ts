import { expect, test } from 'vitest';
import {
  parseServerAddress,
  requireServerAddress,
  resolveServer,
  showServer,
} from '../../../src/dns/server-address.ts';

const { signal } = new AbortController();

test.for([
  ['192.0.2.53', '192.0.2.53', 53],
  ['192.0.2.53:5353', '192.0.2.53', 5353],
  ['ns1.example.com', 'ns1.example.com', 53],
  ['ns1.example.com:1', 'ns1.example.com', 1],
  ['2001:db8::53', '2001:db8::53', 53],
  ['[2001:db8::53]', '2001:db8::53', 53],
  ['[2001:db8::53]:65535', '2001:db8::53', 65_535],
] as const)('%s', ([text, host, port]) => {
  expect(parseServerAddress(text)).toEqual({ host, port });
});

test.for([
  '',
  'host:0',
  'host:65536',
  'host:',
  'host:x',
  '[host]:53',
  'a b',
  'http://host',
  '2001:db8::53:x',
])('%j is refused', (text) => {
  expect(parseServerAddress(text)).toBeUndefined();
  expect(() => requireServerAddress(text)).toThrow('not a DNS server');
});

test('shown so that it can be read again', () => {
  expect(showServer({ host: '2001:db8::53', port: 53 })).toBe('[2001:db8::53]:53');
  expect(showServer({ host: 'ns1.example.com', port: 5353 })).toBe('ns1.example.com:5353');
});

test('an address stands for itself, localhost for loopback', async () => {
  expect(await resolveServer({ host: '192.0.2.53', port: 9 }, signal)).toEqual([
    { host: '192.0.2.53', port: 9 },
  ]);
  const found = await resolveServer({ host: 'localhost', port: 9 }, signal);
  expect(found.every(({ host, port }) => port === 9 && (host === '127.0.0.1' || host === '::1'))).toBe(true);
  expect(found.length).toBeGreaterThan(0);
});

test('nothing is looked up once the signal fired', async () => {
  await expect(resolveServer({ host: '192.0.2.53', port: 9 }, AbortSignal.abort())).rejects.toThrow(
    'aborted',
  );
});
