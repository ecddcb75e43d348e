import { expect, test } from 'vitest';
import { rcodes } from '../../../src/dns/codes.ts';
import { blankHeader, type Message } from '../../../src/dns/message.ts';
import { findZone, zoneIn } from '../../../src/dns/zone-cut.ts';
import { fakeResolver } from './fake-resolver.ts';
import { makeRecord, soaRecord } from './fake-server.ts';

const { signal } = new AbortController();

test('the zone comes from the negative answer, or from the zone itself', async () => {
  const resolver = fakeResolver({ records: [], zones: ['example.test', 'sub.example.test'] });
  expect(await findZone('_x.www.example.test', resolver, signal)).toMatchObject({
    name: 'example.test',
    soa: { serial: 1, primary: 'ns1.example.test' },
  });
  expect((await findZone('_x.sub.example.test', resolver, signal)).name).toBe('sub.example.test');
  expect((await findZone('sub.example.test', resolver, signal)).name).toBe('sub.example.test');
  expect(resolver.asked).toHaveLength(3);
});

test('an alias is in the zone of its parent, whatever zone its target is in', async () => {
  const resolver = fakeResolver({
    records: [makeRecord('www.example.test', { kind: 'CNAME', target: 'cdn.other.test' })],
    zones: ['example.test', 'other.test'],
  });
  expect((await findZone('www.example.test', resolver, signal)).name).toBe('example.test');
});

test('a SOA that is not above the name is not believed', () => {
  const answer: Message = {
    header: { ...blankHeader(1, 0), response: true, rcode: rcodes.NXDOMAIN },
    questions: [],
    answers: [],
    authorities: [soaRecord('other.test')],
    additionals: [],
  };
  expect(zoneIn(answer, 'www.example.test')).toBeUndefined();
  expect(zoneIn(answer, 'www.other.test')?.name).toBe('other.test');
  const alias = {
    ...answer,
    answers: [makeRecord('www.other.test', { kind: 'CNAME', target: 'x.other.test' })],
  };
  expect(zoneIn(alias, 'www.other.test')).toBeUndefined();
});

test('no zone up to the root is an error', async () => {
  const resolver = fakeResolver({ records: [], zones: [] });
  await expect(findZone('a.b', resolver, signal)).rejects.toThrow('no zone was found for a.b');
  expect(resolver.asked).toEqual(['SOA a.b', 'SOA b', 'SOA ']);
});
