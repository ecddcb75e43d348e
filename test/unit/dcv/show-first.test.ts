/** Validation before the order: evidence is published and seen first, and what fails costs nothing. */
import { describe, expect, test } from 'vitest';
import type { PreparedValidation } from '../../../src/contracts/order.ts';
import type { Provider } from '../../../src/contracts/provider.ts';
import type { DnsPublisher, DnsRecord } from '../../../src/contracts/publisher.ts';
import type { Store } from '../../../src/contracts/store.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import type { Renewal } from '../../../src/core/renewal.ts';
import { runStage } from '../../../src/renewal/stages.ts';
import { commitOutcome } from '../../../src/renewal/commit.ts';
import { handClock } from '../../builders/clocks.ts';
import { aProvider, aStageContext, aStore, refusing } from '../../builders/stage.ts';
import { aRenewal, noon } from '../../builders/store-records.ts';

const prepared: PreparedValidation = {
  challenges: [
    {
      kind: 'dns',
      identifier: 'shop.example.com',
      recordName: '_dnsauth.shop.example.com',
      recordType: 'TXT',
      value: 'token',
    },
  ],
  token: { dcvToken: 'token' },
  publishFirst: true,
};
const tools = {
  createCsr: () => Promise.reject(new Error('the CSR is there already')),
  delivery: {
    look: () => Promise.reject(new Error('nothing is served yet')),
    anchors: () => Promise.resolve([]),
    secret: () => Promise.reject(new Error('not expected')),
  },
};

async function setUp(visible: () => boolean, more: Partial<Provider> = {}) {
  const store: Store = await aStore();
  await store.createRenewal(aRenewal({ keyId: 'k', spkiSha256: 'ab', csrPem: 'CSR' }), {});
  const published: DnsRecord[] = [];
  const asked: string[] = [];
  const publisher: DnsPublisher = {
    kind: 'dns',
    zones: ['example.com'],
    publish: (record) => Promise.resolve(void published.push(record)),
    withdraw: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const provider = aProvider({
    prepare: () => {
      asked.push('prepare');
      return Promise.resolve(prepared);
    },
    preview: () => {
      asked.push('preview');
      return Promise.resolve({ hundredths: 100, currency: 'EUR' });
    },
    ...more,
  });
  const clock = handClock(noon);
  const context = aStageContext({
    store,
    provider,
    clock,
    publishers: () => Promise.resolve([{ name: 'ns1', publisher }]),
    dns: refusing('dns', {
      followDelegation: (name: string) => Promise.resolve(name),
      propagation: () =>
        Promise.resolve({
          visible: visible(),
          servers: [{ server: '192.0.2.1', visible: visible(), detail: 'as seen' }],
        }),
    }),
  });
  const step = async (): Promise<Renewal> => {
    const before = await store.renewal('r1');
    if (before === undefined) throw new Error('the renewal is gone');
    const outcome = await runStage(before, context, tools, false);
    return commitOutcome(store, before, outcome, 0.5, clock.now());
  };
  return { store, published, asked, clock, step };
}

describe('evidence before the order', () => {
  test('prepared, published, seen, and only then intended; asked for once', async () => {
    const { store, published, asked, step } = await setUp(() => true);
    expect(await step()).toMatchObject({ state: 'planned', prepared: JSON.stringify(prepared) });
    expect(published).toEqual([]);
    expect(await step()).toMatchObject({ state: 'planned', failure: null });
    expect(published).toMatchObject([{ name: '_dnsauth.shop.example.com', type: 'TXT', value: 'token' }]);
    expect(await store.challenges('r1')).toMatchObject([{ state: 'published', visibleAt: noon }]);
    expect(await step()).toMatchObject({
      state: 'ordering',
      prepared: JSON.stringify(prepared),
      price: { hundredths: 100, currency: 'EUR' },
    });
    expect(asked).toEqual(['prepare', 'preview']);
    expect((await store.ledger({ limit: 9 })).filter(({ paid }) => paid)).toHaveLength(1);
  });

  test('while it is not visible nothing is ordered', async () => {
    let visible = false;
    const { asked, clock, step } = await setUp(() => visible);
    await step();
    for (let look = 1; look <= 3; look += 1) {
      expect(await step()).toMatchObject({ state: 'planned', failure: { code: 'dcv-not-visible' } });
      clock.advance(60_000);
    }
    expect(asked).toEqual(['prepare']);
    visible = true;
    await step();
    expect(await step()).toMatchObject({ state: 'ordering' });
  });

  test('evidence outside the names is a matter for a person, before anything is paid', async () => {
    const elsewhere = prepared.challenges.map((one) => ({ ...one, recordName: '_dnsauth.example.org' }));
    const { published, step } = await setUp(() => true, {
      prepare: () => Promise.resolve({ ...prepared, challenges: elsewhere }),
    });
    await step();
    expect(await step()).toMatchObject({
      state: 'blocked',
      orderedAt: null,
      failure: { code: 'dcv-unsafe' },
    });
    expect(published).toEqual([]);
  });

  test('a provider that cannot prepare yet is asked again', async () => {
    const { step } = await setUp(() => true, {
      prepare: () => Promise.reject(new RenewdError('provider-unavailable', 'down')),
    });
    expect(await step()).toMatchObject({ state: 'planned', prepared: null, failure: { message: 'down' } });
  });
});
