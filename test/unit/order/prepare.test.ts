/** Before an order: key and CSR, price, gate, prepared validation, and the intent that all of it ends in. */
import { describe, expect, test } from 'vitest';
import { hourMs } from '../../../src/core/durations.ts';
import { errorKinds, RenewdError } from '../../../src/core/errors.ts';
import type { OrderRequest, PreparedValidation } from '../../../src/contracts/order.ts';
import { intendOrder, makeCsr } from '../../../src/renewal/order/prepare.ts';
import { orderRequest } from '../../../src/renewal/order/request.ts';
import { guardIntent } from '../../../src/renewal/order/spend-guard.ts';
import { aManagedCertificate } from '../../builders/managed.ts';
import { aProvider, aStageContext, aStore, refusing, type StageParts } from '../../builders/stage.ts';
import type { Store } from '../../../src/contracts/store.ts';
import { after, aLedgerEntry, aRenewal, noon } from '../../builders/store-records.ts';

const ready = aRenewal({
  keyId: 'k1',
  spkiSha256: 'ab',
  csrPem: 'CSR',
  action: 'renew',
  previousCertificateId: 'c-1',
});
/** Nothing was spent, nothing was ever issued. */
const emptyStore = refusing<Store>('store', {
  spent: () => Promise.resolve({ orders: 0, hundredths: 0, currencies: [] }),
  newestIssued: () => Promise.resolve(undefined),
});
const eur = (hundredths: number) => ({ hundredths, currency: 'EUR' });

describe('key and CSR', () => {
  const created: unknown[] = [];
  const keys = {
    create: (certificate: string, type: string) => {
      created.push([certificate, type]);
      return Promise.resolve({ keyId: 'fresh', spkiSha256: 'ff' });
    },
    keep: () => Promise.reject(new Error('no key was expected')),
    read: (keyId: string) => `KEY ${keyId}`,
  };
  const csr = (keyPem: string, names: readonly string[]) =>
    Promise.resolve(`CSR of ${keyPem} for ${names.join()}`);

  async function run(renewal: typeof ready, reuse: boolean, parts: StageParts = {}) {
    created.length = 0;
    const managed = aManagedCertificate({ key: { type: 'rsa-3072', reuse, madeBy: 'us' } });
    return makeCsr(renewal, aStageContext({ managed, keys, store: emptyStore, ...parts }), csr);
  }

  async function withEarlier() {
    const store = await aStore();
    const earlier = aRenewal({ id: 'r0', keyId: 'old', spkiSha256: '00', action: 'create' });
    await store.createRenewal(earlier, {});
    await store.updateRenewal(
      'r0',
      1,
      {
        state: 'served',
        leafPem: 'L',
        chainPem: 'C',
        fingerprint256: 'f',
        notBefore: noon,
        notAfter: after(hourMs),
        nextAt: null,
      },
      {},
      noon,
    );
    expect(await store.newestIssued('shop')).toMatchObject({ keyId: 'old' });
    return store;
  }

  test('a fresh key of the wanted type, and a CSR for the names of the renewal', async () => {
    const outcome = await run(aRenewal({ names: ['a.test', 'b.test'] }), false);
    expect(created).toEqual([['shop', 'rsa-3072']]);
    expect(outcome).toMatchObject({
      event: 'hold',
      patch: { keyId: 'fresh', spkiSha256: 'ff', csrPem: 'CSR of KEY fresh for a.test,b.test' },
    });
    expect(outcome.nextAt).toBeUndefined();
    expect(JSON.stringify(outcome.detail)).not.toContain('KEY');
  });

  test('the key the renewal has already is not made again', async () => {
    const outcome = await run(aRenewal({ keyId: 'mine', spkiSha256: '11' }), true);
    expect(created).toEqual([]);
    expect(outcome.patch).toMatchObject({ keyId: 'mine', csrPem: 'CSR of KEY mine for shop.example.com' });
  });

  test('the earlier key is used again only where that is asked for', async () => {
    const store = await withEarlier();
    expect((await run(aRenewal(), true, { store })).patch).toMatchObject({ keyId: 'old', spkiSha256: '00' });
    expect(created).toEqual([]);
    expect((await run(aRenewal(), false, { store })).patch).toMatchObject({ keyId: 'fresh' });
  });

  test('another key type needs another key, reuse or not', async () => {
    const store = await withEarlier();
    const outcome = await run(aRenewal({ reason: 'key-type-changed' }), true, { store });
    expect(outcome.patch).toMatchObject({ keyId: 'fresh' });
  });

  test('without an earlier key, reuse makes one', async () => {
    expect((await run(aRenewal(), true)).patch).toMatchObject({ keyId: 'fresh' });
  });
});

describe('the intent', () => {
  test('of a paid order: counted at its expected price before anything is sent', async () => {
    const asked: OrderRequest[] = [];
    const provider = aProvider({
      preview: (request) => {
        asked.push(request);
        return Promise.resolve(eur(4200));
      },
    });
    const outcome = await intendOrder(ready, aStageContext({ provider, store: emptyStore }));
    expect(outcome).toMatchObject({
      event: 'order-intended',
      patch: { prepared: null, price: eur(4200), orderedAt: noon },
    });
    expect(outcome.text).toBe('renew at cnr is about to be sent, for 42.00 EUR, reference ref-r1');
    expect(outcome.effects?.ledger).toEqual([
      aLedgerEntry({
        kind: 'intent',
        subject: 'submit renew',
        text: outcome.text,
        provider: 'cnr',
        paid: true,
        charged: eur(4200),
        detail: { reference: 'ref-r1', names: ['shop.example.com'], spkiSha256: 'ab' },
      }),
    ]);
    expect(asked).toEqual([orderRequest(ready, aManagedCertificate())]);
  });

  test('of a free reissue: no price is asked, nothing counts', async () => {
    const provider = aProvider({ preview: () => Promise.reject(new Error('not to be asked')) });
    const outcome = await intendOrder(
      { ...ready, action: 'reissue' },
      aStageContext({ provider, handle: { spend: { ordersPerDay: 0 } } }),
    );
    expect(outcome.event).toBe('order-intended');
    expect(outcome.effects?.ledger?.[0]).toMatchObject({ paid: false, charged: null });
    expect(outcome.text).toContain('free of charge');
  });

  test('of a paid order without a price: counted as an order', async () => {
    const outcome = await intendOrder(ready, aStageContext({ store: emptyStore }));
    expect(outcome.effects?.ledger?.[0]).toMatchObject({ paid: true, charged: null });
    expect(outcome.text).toContain('price unknown');
  });

  test('carries what the provider prepared, and the order sends it unchanged', async () => {
    const prepared: PreparedValidation = {
      challenges: [{ kind: 'email', identifier: 'shop.example.com', addresses: ['a@shop.example.com'] }],
      token: { sequence: 7, nested: { a: [1] } },
    };
    const provider = aProvider({ prepare: () => Promise.resolve(prepared) });
    const outcome = await intendOrder(ready, aStageContext({ provider, store: emptyStore }));
    const text = outcome.patch?.prepared ?? null;
    expect(orderRequest({ ...ready, prepared: text }, aManagedCertificate()).prepared).toEqual(prepared);
    for (const broken of [
      '{',
      'null',
      '[]',
      '{"token":{}}',
      '{"challenges":{},"token":{}}',
      '{"challenges":[],"token":null}',
    ]) {
      expect(() => orderRequest({ ...ready, prepared: broken }, aManagedCertificate())).toThrow(
        /cannot be read|JSON/,
      );
    }
  });

  test('is refused at the gate: blocked, looked at again in an hour, nothing counted', async () => {
    const store = await aStore();
    await store.appendLedger([
      aLedgerEntry({ kind: 'intent', paid: true, provider: 'cnr', at: after(-hourMs) }),
    ]);
    const today = aStageContext({ store, handle: { spend: { ordersPerDay: 1 } } });
    const outcome = await guardIntent(ready, await intendOrder(ready, today), today);
    expect(outcome).toMatchObject({
      event: 'needs-person',
      failure: { code: 'spend-limit' },
      nextAt: after(hourMs),
    });
    expect(outcome.effects).toBeUndefined();
    expect(outcome.patch?.orderedAt).toBeUndefined();
    const tomorrow = aStageContext({ store, handle: { spend: { ordersPerDay: 2 } } });
    const intent = await intendOrder(ready, tomorrow);
    expect(await guardIntent(ready, intent, tomorrow)).toBe(intent);
  });

  test.each(errorKinds.map((kind) => ({ kind })))('a price that cannot be had ($kind)', async ({ kind }) => {
    const failure = new RenewdError('internal', 'no price', { kind, retryAfterMs: 90_000 });
    const provider = aProvider({ preview: () => Promise.reject(failure) });
    const outcome = await intendOrder(ready, aStageContext({ provider, store: emptyStore }));
    const person = ['authentication', 'funds', 'configuration'].includes(kind);
    const hopeless = ['rejected', 'not-found'].includes(kind);
    expect(outcome.event).toBe(person ? 'needs-person' : hopeless ? 'gave-up' : 'hold');
    expect(outcome.nextAt).toEqual(person ? after(hourMs) : hopeless ? undefined : after(90_000));
    // Nothing was ordered: nothing is noted as such.
    expect(outcome.patch).toBeUndefined();
    expect(outcome.effects).toBeUndefined();
  });
});

describe('the request', () => {
  test('says what is replaced only where something is', () => {
    const managed = aManagedCertificate({
      dcv: { method: 'email', record: 'cname', approver: 'hostmaster@x.test', propagationTimeoutMs: 1 },
      order: { contact: 'P-1' },
    });
    expect(orderRequest({ ...ready, previousOrderId: 'o-1' }, managed)).toEqual({
      action: 'renew',
      reference: 'ref-r1',
      names: ['shop.example.com'],
      product: 'ssl123dv',
      csrPem: 'CSR',
      dcv: { method: 'email', record: 'cname', approver: 'hostmaster@x.test' },
      previous: { certificateId: 'c-1', orderId: 'o-1' },
      options: { contact: 'P-1' },
    });
    expect(orderRequest({ ...ready, previousCertificateId: null }, managed)).not.toHaveProperty('previous');
  });

  test('is not made without a CSR, nor for a deployment', () => {
    expect(() => orderRequest({ ...ready, csrPem: null }, aManagedCertificate())).toThrow(/without a CSR/);
    expect(() => orderRequest({ ...ready, action: 'deploy' }, aManagedCertificate())).toThrow(/only deploys/);
  });
});
