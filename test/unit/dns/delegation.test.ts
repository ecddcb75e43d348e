import { expect, test } from 'vitest';
import { followDelegation } from '../../../src/dns/delegation.ts';
import type { ResourceRecord } from '../../../src/dns/message.ts';
import { fakeResolver } from './fake-resolver.ts';
import { makeRecord } from './fake-server.ts';

const { signal } = new AbortController();

function alias(from: string, to: string): ResourceRecord {
  return makeRecord(from, { kind: 'CNAME', target: to });
}

/** h0 → h1 → … → h(length) */
function chain(length: number): ResourceRecord[] {
  return Array.from({ length }, (_, index) => alias(`h${index}.test`, `h${index + 1}.test`));
}

test('a name that is no alias is its own target', async () => {
  const resolver = fakeResolver({ records: [], zones: ['example.test'] });
  expect(await followDelegation('_DNSauth.Example.test.', resolver, signal)).toEqual({
    target: '_dnsauth.example.test',
    hops: [],
  });
});

test('eight hops are followed, a ninth is refused', async () => {
  const eight = await followDelegation('h0.test', fakeResolver({ records: chain(8), zones: [] }), signal);
  expect(eight.target).toBe('h8.test');
  expect(eight.hops).toHaveLength(8);
  const nine = followDelegation('h0.test', fakeResolver({ records: chain(9), zones: [] }), signal);
  await expect(nine).rejects.toMatchObject({ code: 'dcv-publish-failed', kind: 'dcv-failed' });
  await expect(nine).rejects.toThrow('has more than 8 steps: h0.test → h1.test');
});

test.for([
  ['to itself', [alias('h0.test', 'H0.test')]],
  ['of two', [alias('h0.test', 'h1.test'), alias('h1.test', 'h0.test')]],
  [
    'behind the beginning',
    [alias('h0.test', 'h1.test'), alias('h1.test', 'h2.test'), alias('h2.test', 'h1.test')],
  ],
] as const)('a loop %s is refused', async ([, records]) => {
  const resolver = fakeResolver({ records, zones: [] });
  await expect(followDelegation('h0.test', resolver, signal)).rejects.toThrow('is a loop: h0.test → ');
  expect(resolver.asked.length).toBeLessThan(5);
});

test('a resolver that cannot tell is an error, not the end of the chain', async () => {
  const resolver = fakeResolver({ records: chain(1), zones: [], failing: ['CNAME h1.test'] });
  await expect(followDelegation('h0.test', resolver, signal)).rejects.toMatchObject({ code: 'dns-failed' });
});
