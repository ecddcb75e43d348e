/** Publishing evidence: checked first, remembered before it is put in place, looked at before the provider is told. */
import { describe, expect, test } from 'vitest';
import { minuteMs, secondMs } from '../../../src/core/durations.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import type { Challenge } from '../../../src/core/challenge.ts';
import type { StoredChallenge } from '../../../src/core/renewal.ts';
import type { DnsPublisher, FilePublisher, NamedPublisher } from '../../../src/contracts/publisher.ts';
import type { Store } from '../../../src/contracts/store.ts';
import { proveControl } from '../../../src/renewal/dcv/prove.ts';
import type { DnsView } from '../../../src/renewal/stage-context.ts';
import { handClock } from '../../builders/clocks.ts';
import { aManagedCertificate } from '../../builders/managed.ts';
import { aReading, aStageContext, refusing } from '../../builders/stage.ts';
import { aChallenge, after, aRenewal, noon } from '../../builders/store-records.ts';

const txt: Challenge = {
  kind: 'dns',
  identifier: 'shop.example.com',
  recordName: '_a.shop.example.com',
  recordType: 'TXT',
  value: 'token',
};
const cname: Challenge = { ...txt, recordType: 'CNAME', value: 'dcv.example.net' };
const file: Challenge = {
  kind: 'file',
  identifier: 'shop.example.com',
  host: 'shop.example.com',
  path: '/.well-known/pki-validation/x',
  content: 'c',
};
const mail: Challenge = { kind: 'email', identifier: 'shop.example.com', addresses: [] };
const renewal = aRenewal({ state: 'awaiting-dcv', orderedAt: noon });

interface Given {
  readonly stored?: readonly StoredChallenge[];
  readonly ageMs?: number;
  readonly attempts?: number;
  readonly delegatedTo?: string;
  readonly lagging?: readonly string[];
  readonly publishFails?: RenewdError;
  readonly withoutPublishers?: boolean;
}

async function prove(asked: readonly Challenge[], given: Given = {}) {
  const log: string[] = [];
  const store = refusing<Store>('store', {
    challenges: () => Promise.resolve(given.stored ?? []),
    saveChallenges: (rows, ledger) => {
      for (const { index, state, publisher, targetName } of rows)
        log.push(`save ${index} ${state} ${publisher ?? '-'} ${targetName ?? '-'}`);
      for (const { kind, subject } of ledger ?? []) log.push(`${kind} ${subject}`);
      return Promise.resolve();
    },
  });
  const dns: DnsView = {
    followDelegation: (name) => {
      log.push(`follow ${name}`);
      return Promise.resolve(given.delegatedTo ?? name);
    },
    propagation: ({ name, type }) => {
      log.push(`look ${type} ${name}`);
      const lagging = given.lagging ?? [];
      const servers = ['ns1', 'ns2'].map((server) => ({
        server,
        visible: !lagging.includes(server),
        detail: 'no such name',
      }));
      return Promise.resolve({ visible: lagging.length === 0, servers });
    },
  };
  const publish = (line: string) => {
    log.push(line);
    return given.publishFails === undefined ? Promise.resolve() : Promise.reject(given.publishFails);
  };
  const dnsPublisher = (zone: string) =>
    refusing<DnsPublisher>('DNS publisher', {
      kind: 'dns',
      zones: [zone],
      publish: ({ name, type, value }) => publish(`publish ${type} ${name} ${value}`),
      withdraw: ({ name }) => Promise.resolve(void log.push(`withdraw ${name}`)),
    });
  const filePublisher = refusing<FilePublisher>('file publisher', {
    kind: 'file',
    hosts: [],
    publish: ({ host, path }) => publish(`publish ${host}${path}`),
  });
  const publishers: readonly NamedPublisher[] = [
    { name: 'com', publisher: dnsPublisher('example.com') },
    { name: 'net', publisher: dnsPublisher('example.net') },
    { name: 'web', publisher: filePublisher },
  ];
  const context = aStageContext({
    store,
    dns,
    managed: aManagedCertificate({
      dcv: { method: 'dns', record: 'txt', propagationTimeoutMs: 30 * minuteMs },
    }),
    clock: handClock(after(given.ageMs ?? 0)),
    publishers: () => Promise.resolve(given.withoutPublishers === true ? [] : publishers),
  });
  const outcome = await proveControl(
    { ...renewal, attempts: given.attempts ?? 0 },
    context,
    aReading({ challenges: asked }),
  );
  return { outcome, log };
}

test('remembered before it is put in place, looked at before anybody is told', async () => {
  const { outcome, log } = await prove([txt]);
  expect(log).toEqual([
    'follow _a.shop.example.com',
    'save 0 published com _a.shop.example.com',
    'intent publish',
    'publish TXT _a.shop.example.com token',
    'look TXT _a.shop.example.com',
  ]);
  expect(outcome.event).toBe('control-shown');
  expect(outcome.effects?.challenges).toMatchObject([{ state: 'published', visibleAt: noon }]);
});

test('after a CNAME it goes where the chain ends, by the publisher of that zone', async () => {
  const { log } = await prove([txt], { delegatedTo: 'x.example.net' });
  expect(log.slice(1)).toEqual([
    'save 0 published net x.example.net',
    'intent publish',
    'publish TXT x.example.net token',
    'look TXT x.example.net',
  ]);
});

test('several places are remembered in one commit, before anything is put in the first', async () => {
  const other: Challenge = { ...txt, recordName: '_b.shop.example.com' };
  const { log } = await prove([txt, mail, other]);
  expect(log).toEqual([
    'follow _a.shop.example.com',
    'follow _b.shop.example.com',
    'save 1 wanted - -',
    'save 0 published com _a.shop.example.com',
    'save 2 published com _b.shop.example.com',
    'intent publish',
    'intent publish',
    'publish TXT _a.shop.example.com token',
    'publish TXT _b.shop.example.com token',
    'look TXT _a.shop.example.com',
    'look TXT _b.shop.example.com',
  ]);
});

test('a CNAME proof stands at its own name, not where it points', async () => {
  const { log } = await prove([cname]);
  expect(log.some((line) => line.startsWith('follow'))).toBe(false);
  expect(log).toContain('publish CNAME _a.shop.example.com dcv.example.net');
});

test('a file needs no look of ours', async () => {
  const { outcome, log } = await prove([file]);
  expect(log).toEqual([
    'save 0 published web -',
    'intent publish',
    'publish shop.example.com/.well-known/pki-validation/x',
  ]);
  expect(outcome.event).toBe('control-shown');
});

test('mail is for a person, nothing asked for is nothing to do', async () => {
  expect((await prove([mail])).outcome).toMatchObject({
    event: 'control-shown',
    text: 'an approver has mail to answer',
  });
  expect((await prove([])).outcome).toMatchObject({
    event: 'control-shown',
    text: 'the provider asks for no evidence',
  });
});

test('one unsafe challenge, and nothing at all is stored or published', async () => {
  const evil: Challenge = { ...txt, recordName: 'www.example.com' };
  const { outcome, log } = await prove([txt, evil]);
  expect(log).toEqual([]);
  expect(outcome).toMatchObject({ event: 'needs-person', failure: { code: 'dcv-unsafe' }, nextAt: null });
});

test('again: published once more, but not noted once more', async () => {
  const row = aChallenge({
    challenge: txt,
    state: 'published',
    publisher: 'com',
    targetName: '_a.shop.example.com',
    visibleAt: after(-1),
  });
  const { outcome, log } = await prove([txt], { stored: [row] });
  expect(log).toEqual([
    'follow _a.shop.example.com',
    'publish TXT _a.shop.example.com token',
    'look TXT _a.shop.example.com',
  ]);
  expect(outcome.effects?.challenges).toEqual([row]);
});

test('a delegation that was moved meanwhile: the earlier value is taken away', async () => {
  const row = aChallenge({
    challenge: txt,
    state: 'published',
    publisher: 'com',
    targetName: '_a.shop.example.com',
  });
  const { log } = await prove([txt], { stored: [row], delegatedTo: 'x.example.net' });
  expect(log.slice(1, 3)).toEqual(['withdraw _a.shop.example.com', 'save 0 published net x.example.net']);
});

describe('not visible yet', () => {
  test.each([
    { attempts: 0, delayMs: 500 },
    { attempts: 1, delayMs: secondMs },
    { attempts: 6, delayMs: 32 * secondMs },
    { attempts: 7, delayMs: minuteMs },
    { attempts: 5000, delayMs: minuteMs },
  ])('after $attempts looks the next is in $delayMs ms', async ({ attempts, delayMs }) => {
    const { outcome } = await prove([txt], { lagging: ['ns2'], attempts });
    expect(outcome).toMatchObject({ event: 'hold', failure: { code: 'dcv-not-visible' } });
    expect(outcome.nextAt).toEqual(after(delayMs));
    expect(outcome.text).toContain('ns2: no such name');
    expect(outcome.text).not.toContain('ns1');
  });

  test.each([
    { ageMs: 30 * minuteMs, event: 'hold' },
    { ageMs: 30 * minuteMs + 1, event: 'needs-person' },
  ])('$ageMs ms after the order: $event', async ({ ageMs, event }) => {
    const { outcome } = await prove([txt], { lagging: ['ns1'], ageMs });
    expect(outcome.event).toBe(event);
  });

  test('a person is asked, and it is looked at again without one', async () => {
    const { outcome } = await prove([txt], { lagging: ['ns1'], ageMs: 60 * minuteMs });
    expect(outcome.nextAt).toEqual(after(70 * minuteMs));
  });
});

describe('what cannot be published', () => {
  test.each([
    { code: 'dcv-publish-failed', event: 'hold' },
    { code: 'provider-unauthorized', event: 'needs-person' },
    { code: 'config-invalid', event: 'needs-person' },
  ] as const)('$code: $event', async ({ code, event }) => {
    const { outcome, log } = await prove([txt], { publishFails: new RenewdError(code, 'refused') });
    expect(outcome).toMatchObject({ event, text: 'refused', failure: { code } });
    // It may stand there all the same: it was remembered.
    expect(log).toContain('save 0 published com _a.shop.example.com');
  });

  test('nobody has the zone: a person is asked, the order is kept, and what is asked for is noted', async () => {
    const { outcome, log } = await prove([txt], { withoutPublishers: true });
    expect(log).toEqual(['follow _a.shop.example.com']);
    expect(outcome.effects?.challenges).toMatchObject([{ challenge: txt, state: 'wanted' }]);
    expect(outcome).toMatchObject({
      event: 'needs-person',
      failure: { code: 'dcv-no-publisher' },
      nextAt: after(10 * minuteMs),
    });
  });
});
