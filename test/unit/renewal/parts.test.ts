/** The small parts around the driver: lanes, watchlist, new renewals, adoption, a person's word. */
import { describe, expect, test } from 'vitest';
import { RenewdError } from '../../../src/core/errors.ts';
import type { FindQuery, OrderHandle, OrderReading } from '../../../src/contracts/order.ts';
import type { Renewal } from '../../../src/core/renewal.ts';
import { adoptOrder } from '../../../src/renewal/adopt.ts';
import { newRenewal } from '../../../src/renewal/create-renewal.ts';
import { createLanes } from '../../../src/renewal/lanes.ts';
import { resolveRenewal } from '../../../src/renewal/resolve.ts';
import type { StageOutcome } from '../../../src/renewal/outcome.ts';
import {
  driftedTargets,
  newEntry,
  observe,
  otherTargetPaths,
  type CrtObservation,
} from '../../../src/renewal/watchlist.ts';
import { aManagedCertificate, aTarget, someCapabilities } from '../../builders/managed.ts';
import { aProvider, aReading, aStore } from '../../builders/stage.ts';
import { aCertificate, after, aRenewal, aRequest, noon } from '../../builders/store-records.ts';
import { ok } from '../plan/facts.ts';

describe('lanes', () => {
  /** Pieces of work that end when told to. */
  function work() {
    const started: string[] = [];
    const ends = new Map<string, () => void>();
    const piece = (name: string) => () => {
      started.push(name);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    };
    const end = async (name: string) => {
      ends.get(name)?.();
      await new Promise((resolve) => setImmediate(resolve));
    };
    return { started, piece, end };
  }

  test('a full lane delays nobody else, and keeps its order', async () => {
    const { started, piece, end } = work();
    const lanes = createLanes(2);
    for (const name of ['a1', 'a2', 'a3', 'a4']) lanes.run('slow', piece(name));
    lanes.run('other', piece('b1'));
    expect(started).toEqual(['a1', 'a2', 'b1']);
    expect(lanes.running).toBe(5);
    await end('a2');
    expect(started).toEqual(['a1', 'a2', 'b1', 'a3']);
    await end('a1');
    expect(started.at(-1)).toBe('a4');
  });

  test('idle waits for what runs and for what waits', async () => {
    const { piece, end } = work();
    const lanes = createLanes(1);
    await lanes.idle();
    lanes.run('x', piece('1'));
    lanes.run('x', piece('2'));
    let idle = 0;
    const waiting = [lanes.idle(), lanes.idle()].map((one) => one.then(() => (idle += 1)));
    await end('1');
    expect(idle).toBe(0);
    await end('2');
    await Promise.all(waiting);
    expect(idle).toBe(2);
    expect(lanes.running).toBe(0);
  });

  test('work that begins more work in its lane keeps it busy', async () => {
    const lanes = createLanes(1);
    const seen: string[] = [];
    lanes.run('x', () => {
      seen.push('first');
      lanes.run('x', () => {
        seen.push('second');
        return Promise.resolve();
      });
      return Promise.resolve();
    });
    await lanes.idle();
    expect(seen).toEqual(['first', 'second']);
  });
});

describe('the watchlist', () => {
  const two = aManagedCertificate({ deploy: [aTarget({ directory: '/a' }), aTarget({ directory: '/b' })] });
  const seen = (fingerprint256: string): CrtObservation => ({ look: ok({ fingerprint256 }) });

  function watcher(looks: Map<string, CrtObservation>, there: ReadonlySet<string> = new Set()) {
    const asked: string[] = [];
    return {
      asked,
      keepOnly: () => undefined,
      isThere: (path: string) => there.has(path),
      observe: (path: string) => {
        asked.push(path);
        const look = looks.get(path);
        if (look === undefined) throw new Error(`unexpected look at ${path}`);
        return look;
      },
    };
  }

  test('a further file that is not there is drift, told once', () => {
    const files = [{ name: 'shop.key', format: 'key' }] as const;
    const entry = newEntry(
      aManagedCertificate({ crt: '/a/fullchain.pem', deploy: [aTarget({ directory: '/a', files })] }),
    );
    const looks = new Map([['/a/fullchain.pem', seen('aa')]]);
    const [without, withIt] = [watcher(looks), watcher(looks, new Set(['/a/shop.key']))];
    expect(observe(entry, without)).toBe(true);
    expect(driftedTargets(entry)).toEqual(['/a/shop.key']);
    expect(observe(entry, without)).toBe(false);
    expect(observe(entry, withIt)).toBe(true);
    expect(driftedTargets(entry)).toEqual([]);
  });

  test('one file is one look, changed the first time only', () => {
    const entry = newEntry(aManagedCertificate());
    const looks = watcher(new Map([['/srv/tls/shop/fullchain.pem', seen('aa')]]));
    expect(observe(entry, looks)).toBe(true);
    expect(observe(entry, looks)).toBe(false);
    expect(looks.asked).toHaveLength(2);
    expect(driftedTargets(entry)).toEqual([]);
  });

  test('other directories are looked at too, and name their drift', () => {
    const looks = new Map([
      ['/a/fullchain.pem', seen('aa')],
      ['/b/fullchain.pem', seen('aa')],
    ]);
    const entry = newEntry(two);
    expect(otherTargetPaths(two)).toEqual(['/b/fullchain.pem']);
    observe(entry, watcher(looks));
    expect(driftedTargets(entry)).toEqual([]);
    looks.set('/b/fullchain.pem', seen('bb'));
    expect(observe(entry, watcher(looks))).toBe(true);
    expect(driftedTargets(entry)).toEqual(['/b/fullchain.pem']);
    looks.set('/b/fullchain.pem', { look: { state: 'missing', reason: 'x' } });
    observe(entry, watcher(looks));
    expect(driftedTargets(entry)).toEqual(['/b/fullchain.pem']);
  });

  test('a CRT file outside of the one directory makes that directory another one', () => {
    const apart = aManagedCertificate({ crt: '/elsewhere/x.crt', deploy: [aTarget({ directory: '/a' })] });
    const looks = new Map([
      ['/elsewhere/x.crt', seen('aa')],
      ['/a/fullchain.pem', seen('bb')],
    ]);
    const entry = newEntry(apart);
    observe(entry, watcher(looks));
    expect(driftedTargets(entry)).toEqual(['/a/fullchain.pem']);
  });

  test('a directory whose name only begins alike is another one', () => {
    const alike = aManagedCertificate({
      crt: '/a-old/fullchain.pem',
      deploy: [aTarget({ directory: '/a' })],
    });
    const looks = new Map([
      ['/a-old/fullchain.pem', seen('aa')],
      ['/a/fullchain.pem', seen('bb')],
    ]);
    const entry = newEntry(alike);
    observe(entry, watcher(looks));
    expect(driftedTargets(entry)).toEqual(['/a/fullchain.pem']);
  });

  test('without a readable CRT file nothing is called drifted', () => {
    const entry = newEntry(two);
    observe(
      entry,
      watcher(
        new Map([
          ['/a/fullchain.pem', { look: { state: 'missing', reason: 'x' } }],
          ['/b/fullchain.pem', seen('b')],
        ]),
      ),
    );
    expect(driftedTargets(entry)).toEqual([]);
  });
});

describe('a new renewal', () => {
  const random = { bytes: () => new Uint8Array(), fraction: () => 0.5 };
  const because = { reason: 'due-reissue', sentence: 'Due.' } as const;
  const record = aCertificate({ provider: 'cnr', product: 'old', orderId: 'o-1', certificateId: 'c-1' });
  const make = (action: 'create' | 'reissue' | 'renew' | 'deploy', known = record) =>
    newRenewal(aManagedCertificate(), action, because, known, undefined, noon, random);

  test('a reissue and a renewal stay with the product of their order, a new order has that of the inventory', () => {
    expect(make('reissue')).toMatchObject({
      product: 'old',
      previousOrderId: 'o-1',
      previousCertificateId: 'c-1',
    });
    expect(make('renew')).toMatchObject({ product: 'old', previousCertificateId: 'c-1' });
    expect(make('create')).toMatchObject({
      product: 'ssl123dv',
      previousOrderId: null,
      previousCertificateId: null,
    });
  });

  test('an order at another provider is nothing to go on from', () => {
    const elsewhere = { ...record, provider: 'other' };
    expect(make('reissue', elsewhere)).toMatchObject({
      provider: 'cnr',
      previousOrderId: null,
      previousCertificateId: null,
    });
  });

  test('begins planned, due now, with nothing done', () => {
    expect(make('create')).toMatchObject({
      state: 'planned',
      revision: 1,
      nextAt: noon,
      attempts: 0,
      failure: null,
      keyId: null,
      csrPem: null,
      orderedAt: null,
      forced: false,
    });
  });

  test('ids sort by time, references have twenty characters of a narrow alphabet', () => {
    let draw = 0;
    const drawing = { ...random, fraction: () => (draw = (draw + 0.618) % 1) };
    const at = (ms: number) =>
      newRenewal(aManagedCertificate(), 'create', because, undefined, undefined, after(ms), drawing);
    const made = [0, 1, 1000, 86_400_000, 10 * 365 * 86_400_000].map(at);
    const ids = made.map(({ id }) => id);
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(made.map(({ reference }) => reference)).size).toBe(made.length);
    for (const { reference } of made) expect(reference).toMatch(/^rnwd-[a-z0-9]{15}$/);
  });

  test('a request of an operator forces it', () => {
    const asked = newRenewal(
      aManagedCertificate(),
      'reissue',
      { reason: 'requested', sentence: 'x' },
      record,
      undefined,
      noon,
      random,
    );
    expect(asked.forced).toBe(true);
  });

  test('a deployment takes over what was issued', () => {
    const issued = aRenewal({
      id: 'r0',
      keyId: 'k',
      spkiSha256: 's',
      csrPem: 'C',
      leafPem: 'L',
      chainPem: 'I',
      fingerprint256: 'f',
      notAfter: noon,
      orderId: 'o',
      certificateId: 'c',
    });
    const renewal = newRenewal(aManagedCertificate(), 'deploy', because, record, issued, noon, random);
    expect(renewal).toMatchObject({
      keyId: 'k',
      spkiSha256: 's',
      leafPem: 'L',
      chainPem: 'I',
      fingerprint256: 'f',
      orderId: 'o',
      certificateId: 'c',
      orderedAt: null,
    });
    const other = newRenewal(aManagedCertificate(), 'reissue', because, record, issued, noon, random);
    expect(other).toMatchObject({ keyId: null, leafPem: null, orderId: null });
  });
});

describe('adoption', () => {
  const record = aCertificate({ jitter: 0.3, failures: 1 });
  const noRenewals: readonly Renewal[] = [];
  const matching = (at: number, fields: Partial<OrderReading> = {}) =>
    aReading({ status: 'issued', createdAt: after(at), paidUntil: after(1000), ...fields });

  async function adopt(
    matches: readonly OrderReading[],
    {
      spki = 'ab',
      complete = true,
      failedLooks = 0,
      known = record,
      earlier = noRenewals,
      reading = aReading({ status: 'issued' }),
    } = {},
  ) {
    const asked: FindQuery[] = [];
    const read: OrderHandle[] = [];
    const provider = aProvider({
      find: (query) => {
        asked.push(query);
        return Promise.resolve({ matches, complete });
      },
      read: (handle) => {
        read.push(handle);
        return Promise.resolve(reading);
      },
    });
    const result = await adoptOrder(
      aManagedCertificate(),
      spki,
      known,
      earlier,
      provider,
      noon,
      failedLooks,
      new AbortController().signal,
    );
    return { ...result, asked, read };
  }

  test('asks by the public key, without a reference of ours', async () => {
    const { asked } = await adopt([]);
    expect(asked).toEqual([
      { reference: '', spkiSha256: 'ab', names: ['shop.example.com'], product: 'ssl123dv' },
    ]);
  });

  test('takes the newest that is issued and has an id', async () => {
    const { record: adopted, text } = await adopt([
      matching(1, { handle: { orderId: 'o-1', certificateId: 'c-1' } }),
      matching(3, { handle: { orderId: 'o-3', certificateId: 'c-3' } }),
      matching(9, { handle: { orderId: 'o-9' } }),
      matching(8, { status: 'pending', handle: { certificateId: 'c-8' } }),
      matching(7, { status: 'revoked', handle: { certificateId: 'c-7' } }),
    ]);
    expect(adopted).toEqual({
      ...record,
      provider: 'cnr',
      product: 'ssl123dv',
      orderId: 'o-3',
      certificateId: 'c-3',
      paidUntil: after(1000),
      orderReadAt: noon,
    });
    expect(text).toContain('c-3');
  });

  test('no order is an answer too, and is remembered as asked', async () => {
    const { record: adopted } = await adopt([]);
    expect(adopted).toEqual({ ...record, provider: 'cnr', product: 'ssl123dv', orderReadAt: noon });
  });

  test('a certificate from elsewhere does not make the order that is known here forgotten', async () => {
    const known = aCertificate({
      provider: 'cnr',
      product: 'ssl123dv',
      orderId: 'o-1',
      certificateId: 'c-1',
      paidUntil: after(500),
    });
    const { record: kept, text } = await adopt([], { known });
    expect(kept).toEqual({ ...known, orderReadAt: noon });
    expect(text).toContain('cnr has the order c-1');
    const { record: moved } = await adopt([], { known: { ...known, provider: 'other' } });
    expect(moved).toMatchObject({ provider: 'cnr', certificateId: null, paidUntil: null });
  });

  test('the order that is known is read again: whoever renewed it, how long it is paid is what counts', async () => {
    const known = aCertificate({
      provider: 'cnr',
      product: 'ssl123dv',
      orderId: 'o-1',
      certificateId: 'c-1',
      paidUntil: after(500),
      orderReadAt: after(-7),
    });
    const later = await adopt([], { known, reading: aReading({ status: 'issued', paidUntil: after(900) }) });
    expect(later.record).toEqual({ ...known, paidUntil: after(900), orderReadAt: noon });
    expect(later.read).toEqual([{ orderId: 'o-1', certificateId: 'c-1' }]);
    // Of orders with our key only those are news that are younger than what is known.
    expect(later.asked).toMatchObject([{ spkiSha256: 'ab', since: after(-7) }]);
    const silent = await adopt([], { known });
    expect(silent.record.paidUntil).toEqual(after(500));
    const shorter = await adopt([], { known, reading: aReading({ paidUntil: after(100) }) });
    expect(shorter.record.paidUntil).toEqual(after(500));
    const another = await adopt([matching(1)], { known });
    expect(another.record).toMatchObject({ certificateId: 'c-9', paidUntil: after(1000) });
  });

  test('after an order at another provider, the one before it here is not forgotten', async () => {
    const reading = aReading({ status: 'issued', paidUntil: after(900) });
    const elsewhere = aCertificate({ provider: 'second', certificateId: 'x', orderReadAt: noon });
    const earlier = [
      aRenewal({ id: 'r3', provider: 'second', certificateId: 'x' }),
      aRenewal({ id: 'r2', certificateId: null, previousCertificateId: 'c-1', previousOrderId: 'o-1' }),
      aRenewal({ id: 'r1', certificateId: 'c-0', orderId: 'o-0' }),
    ];
    const { record: back } = await adopt([], { known: elsewhere, earlier, reading });
    expect(back).toMatchObject({
      provider: 'cnr',
      orderId: 'o-1',
      certificateId: 'c-1',
      paidUntil: after(900),
    });
  });

  test('none in a list that is not whole is no answer; after five looks it has to be one', async () => {
    await expect(adopt([], { complete: false })).rejects.toMatchObject({ code: 'provider-unavailable' });
    await expect(adopt([], { complete: false, failedLooks: 4 })).rejects.toThrow('did not list all');
    const { record: adopted, text } = await adopt([], { complete: false, failedLooks: 5 });
    expect(adopted).toMatchObject({ certificateId: null, orderReadAt: noon });
    expect(text).toContain('as far as it lists them');
    const found = await adopt([matching(1)], { complete: false });
    expect(found.record).toMatchObject({ certificateId: 'c-9' });
  });

  test('without a key nobody is asked', async () => {
    const provider = aProvider();
    const { record: adopted } = await adoptOrder(
      aManagedCertificate(),
      undefined,
      record,
      [],
      provider,
      noon,
      0,
      new AbortController().signal,
    );
    expect(adopted).toMatchObject({ orderReadAt: noon, certificateId: null });
  });
});

describe("a person's word", () => {
  async function resolve(
    options: Readonly<Record<string, unknown>>,
    open = aRenewal({
      state: 'blocked',
      action: 'create',
      orderedAt: noon,
      price: { hundredths: 100, currency: 'EUR' },
    }),
  ) {
    const store = await aStore();
    const request = aRequest({ kind: 'resolve', options });
    await store.addRequest(request);
    const committed: StageOutcome[] = [];
    await resolveRenewal(
      store,
      open,
      request,
      (renewal, outcome) => {
        committed.push(outcome);
        return Promise.resolve(renewal);
      },
      someCapabilities(),
      noon,
    );
    return { committed, store };
  }

  test.each([
    {
      options: { orderId: 'o-5' },
      event: 'order-found',
      patch: { orderId: 'o-5', orderedAt: noon },
      text: 'the order is o-5',
    },
    {
      options: { certificateId: 'c-5' },
      event: 'order-found',
      patch: { certificateId: 'c-5', orderedAt: noon },
      text: 'the order is c-5',
    },
    {
      options: { orderId: 'o-5', certificateId: 'c-5' },
      event: 'order-found',
      patch: { orderId: 'o-5', certificateId: 'c-5', orderedAt: noon },
      text: 'the order is c-5',
    },
    {
      options: { none: true },
      event: 'order-absent',
      patch: { orderedAt: null, orderId: null, certificateId: null, jobId: null },
      text: 'no order exists',
    },
    { options: { cancel: true }, event: 'gave-up', patch: undefined, text: 'given up' },
  ])('$options is $event', async ({ options, event, patch, text }) => {
    const { committed } = await resolve(options);
    expect(committed).toMatchObject([{ event, effects: { doneRequests: ['q1'] } }]);
    expect(committed[0]?.patch).toStrictEqual(patch);
    expect(committed[0]?.text).toBe(`ada decided: ${text} (said 2026-11-22T12:00:00.000Z)`);
    expect(committed[0]?.detail).toEqual({
      by: 'ada',
      saidAt: noon.toISOString(),
      word: options,
      request: 'q1',
    });
  });

  test('an order that was placed by hand while ours was held back is the order: no other is sent after it', async () => {
    const held = aRenewal({ state: 'blocked', action: 'create', orderedAt: null });
    const { committed } = await resolve({ certificateId: 'c-5' }, held);
    expect(committed[0]?.patch).toMatchObject({ certificateId: 'c-5', orderedAt: noon });
  });

  test('"none" gives back what was counted, where something was', async () => {
    const { committed } = await resolve({ none: true });
    expect(committed[0]?.effects?.ledger).toMatchObject([
      { paid: true, charged: { hundredths: -100 }, subject: 'resolve' },
    ]);
    const idle = await resolve({ none: true }, aRenewal({ state: 'blocked', orderedAt: null }));
    expect(idle.committed[0]?.effects?.ledger).toEqual([]);
  });

  test.each([aRenewal({ state: 'awaiting-dcv' }), undefined])(
    'where nothing is blocked it is dropped, with a note',
    async (open) => {
      const store = await aStore();
      const request = aRequest({ kind: 'resolve' });
      await store.addRequest(request);
      const refuse = () => Promise.reject(new RenewdError('internal', 'nothing to commit'));
      await resolveRenewal(store, open, request, refuse, someCapabilities(), noon);
      expect(await store.pendingRequests()).toEqual([]);
      expect(await store.ledger({ certificate: 'shop', limit: 5 })).toMatchObject([
        {
          kind: 'note',
          subject: 'resolve',
          text: expect.stringContaining('ada'),
          paid: false,
          detail: { by: 'ada', saidAt: noon.toISOString() },
        },
      ]);
    },
  );
});
