/** Commands that ask for something: renew, resolve, revoke. */
import { describe, expect, test } from 'vitest';
import { once } from '../../../src/cli/once.ts';
import { renew } from '../../../src/cli/renew.ts';
import { resolve } from '../../../src/cli/resolve.ts';
import { revoke } from '../../../src/cli/revoke.ts';
import type { Store } from '../../../src/contracts/store.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import type { RenewalState } from '../../../src/core/renewal.ts';
import { handClock } from '../../builders/clocks.ts';
import { newChain } from '../../builders/pki.ts';
import { aProvider } from '../../builders/stage.ts';
import { after, aRenewal, noon } from '../../builders/store-records.ts';
import { aStage, anEntry } from './context.ts';

describe('renew', () => {
  /** Another process works on the store while the command sleeps. */
  async function withDaemon(
    end: RenewalState | null,
    options: Readonly<Record<string, string | boolean>> = {},
  ) {
    const world: { store?: Store } = {};
    let began = false;
    const clock = handClock(noon, async () => {
      const { store } = world;
      if (store === undefined || began || end === null) return;
      began = true;
      const [request] = await store.pendingRequests();
      await store.createRenewal(aRenewal({ createdAt: clock.now(), updatedAt: clock.now() }), {
        doneRequests: [request?.id ?? ''],
      });
      const failure = { code: 'order-failed', kind: 'rejected', message: 'the CA said no', at: clock.now() };
      await store.updateRenewal(
        'r1',
        1,
        { state: end, nextAt: null, failure: end === 'served' ? null : failure },
        {},
        clock.now(),
      );
    });
    const stage = await aStage({ names: ['shop'], options, clock });
    world.store = stage.store;
    return { ...stage, clock };
  }

  test.each([
    { end: 'served', code: 10, line: 'shop is served' },
    { end: 'failed', code: 1, line: 'shop is failed: the CA said no' },
    { end: 'blocked', code: 11, line: 'shop is blocked: the CA said no' },
  ] as const)('asks the daemon and watches: $end is exit code $code', async ({ end, code, line }) => {
    const { context, output, store, log } = await withDaemon(end);
    expect(await renew(context)).toBe(code);
    expect(output.lines.at(-1)).toBe(line);
    expect(await store.pendingRequests()).toEqual([]);
    expect(log).toEqual(['close store']);
  });

  test('time is up: nothing was begun', async () => {
    const { context, output, clock } = await withDaemon(null, { wait: '2m' });
    expect(await renew(context)).toBe(0);
    expect(output.lines.at(-1)).toContain('nothing was begun');
    expect(clock.now()).toEqual(after(120_000));
  });

  test('--wait 0s only asks', async () => {
    const { context, output, store, clock } = await withDaemon('served', {
      wait: '0s',
      reissue: true,
      'new-key': true,
    });
    expect(await renew(context)).toBe(0);
    expect(await store.pendingRequests()).toMatchObject([
      {
        certificate: 'shop',
        kind: 'renew',
        options: { action: 'reissue', newKey: true },
        by: 'ada',
        at: noon,
      },
    ]);
    expect(output.lines).toHaveLength(1);
    expect(clock.slept).toEqual([]);
  });

  test.each([
    { options: {}, asked: {} },
    { options: { reissue: true }, asked: { action: 'reissue' } },
    { options: { renew: true }, asked: { action: 'renew' } },
    { options: { 'new-key': true }, asked: { newKey: true } },
  ])('$options asks for $asked', async ({ options, asked }) => {
    const { context, store } = await aStage({ names: ['shop'], options: { ...options, wait: '0s' } });
    await renew(context);
    expect((await store.pendingRequests())[0]?.options).toEqual(asked);
  });

  test('for machines: one document and no prose', async () => {
    const { context, output } = await withDaemon('served', { json: true });
    expect(await renew(context)).toBe(10);
    expect(output.documents).toMatchObject([{ certificate: 'shop', renewal: { id: 'r1', state: 'served' } }]);
    expect(output.lines).toEqual([]);
    expect(JSON.stringify(output.documents)).not.toMatch(/csrPem|keyId|leafPem/);
  });

  test('without a daemon it drives by itself, under the lease, and gives everything back', async () => {
    const world: { store?: Store } = {};
    const { context, log, store } = await aStage({
      names: ['shop'],
      lease: 'free',
      entries: [anEntry()],
      driver: {
        configure: () => Promise.resolve(),
        pass: async () => {
          const [request] = (await world.store?.pendingRequests()) ?? [];
          await world.store?.createRenewal(aRenewal(), { doneRequests: [request?.id ?? ''] });
          await world.store?.updateRenewal('r1', 1, { state: 'served', nextAt: null }, {}, after(1));
        },
        advanceDue: () => Promise.resolve(),
        idle: () => Promise.resolve(),
        stop: () => undefined,
      },
    });
    world.store = store;
    expect(await renew(context)).toBe(10);
    expect(log).toEqual([
      'take lease',
      'open runtime, quiet',
      'close runtime',
      'release lease',
      'close store',
    ]);
  });

  test.each([
    { names: ['shpo'], options: {}, message: /did you mean "shop"/ },
    { names: ['shop'], options: { reissue: true, renew: true }, message: /choose one/ },
    { names: ['shop'], options: { wait: 'long' }, message: /--wait "long" is no duration/ },
  ])('$names $options is wrong usage', async ({ names, options, message }) => {
    const { context, store } = await aStage({
      names,
      options: options,
    });
    await expect(renew(context)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message),
    });
    expect(await store.pendingRequests()).toEqual([]);
  });
});

describe('a lease that is lost while the command drives by itself', () => {
  const taken = new RenewdError('store-locked', 'another renewd took over this store');

  test.each([
    { title: 'once, in the pass', command: once, at: 'pass' },
    { title: 'once, while it waits', command: once, at: 'sleep' },
    { title: 'renew, in the pass', command: renew, at: 'pass' },
    { title: 'renew, while it waits', command: renew, at: 'sleep' },
  ] as const)('$title: nothing more is begun, and it says so', async ({ command, at }) => {
    const losing = new AbortController();
    const lose = () => Promise.resolve(losing.abort(taken));
    const did: string[] = [];
    const done = (what: string) => () => Promise.resolve(void did.push(what));
    const { context, log } = await aStage({
      names: command === renew ? ['shop'] : [],
      lease: 'free',
      lost: losing.signal,
      clock: handClock(noon, at === 'sleep' ? lose : undefined),
      entries: [anEntry({}, { open: aRenewal() })],
      driver: {
        configure: done('configure'),
        pass: at === 'pass' ? lose : done('pass'),
        advanceDue: done('advance'),
        idle: () => Promise.resolve(),
        nextWake: () => after(60_000),
        stop: () => void did.push('stop'),
      },
    });
    await expect(command(context)).rejects.toBe(taken);
    expect(did).toContain('stop');
    expect(did.filter((what) => what === 'advance').length).toBe(at === 'pass' ? 0 : 1);
    expect(log).toContain('release lease');
    expect(log).toContain('close runtime');
  });
});

describe('resolve', () => {
  test.each([
    { options: { order: 'o-1' }, asked: { orderId: 'o-1' } },
    { options: { 'certificate-id': 'c-1' }, asked: { certificateId: 'c-1' } },
    { options: { order: 'o-1', 'certificate-id': 'c-1' }, asked: { orderId: 'o-1', certificateId: 'c-1' } },
    { options: { none: true }, asked: { none: true } },
    { options: { cancel: true }, asked: { cancel: true } },
  ])('$options', async ({ options, asked }) => {
    const { context, store } = await aStage({
      names: ['shop'],
      options: { ...options, wait: '0s' },
    });
    await resolve(context);
    expect(await store.pendingRequests()).toMatchObject([{ kind: 'resolve', options: asked, by: 'ada' }]);
  });

  test.each([{}, { none: true, cancel: true }, { order: 'o-1', none: true }])(
    '%j is wrong usage',
    async (options) => {
      const { context } = await aStage({
        names: ['shop'],
        options: options,
      });
      await expect(resolve(context)).rejects.toMatchObject({ code: 'usage' });
    },
  );
});

describe('revoke', async () => {
  const { leaf } = await newChain();

  async function issued() {
    const calls: unknown[] = [];
    const provider = aProvider({
      revoke: (handle, serialHex, reason) => {
        calls.push({ handle, serialHex, reason });
        return Promise.resolve();
      },
    });
    const stage = await aStage({
      names: ['shop'],
      options: { reason: 'keyCompromise', yes: true },
      provider,
    });
    await stage.store.createRenewal(
      aRenewal({ certificateId: 'c-1', orderId: 'o-1', keyId: 'k', spkiSha256: 's' }),
      {},
    );
    await stage.store.updateRenewal(
      'r1',
      1,
      {
        state: 'served',
        leafPem: leaf.pem,
        chainPem: '',
        fingerprint256: 'f',
        notBefore: noon,
        notAfter: after(1e9),
        nextAt: null,
      },
      {},
      noon,
    );
    return { ...stage, calls };
  }

  test('at the provider, with reason and serial, noted before and after', async () => {
    const { context, calls, store } = await issued();
    expect(await revoke(context)).toBe(10);
    const serialHex = leaf.certificate.serialNumber;
    expect(calls).toEqual([
      { handle: { certificateId: 'c-1', orderId: 'o-1' }, serialHex, reason: 'keyCompromise' },
    ]);
    const ledger = await store.ledger({ certificate: 'shop', limit: 9 });
    expect(ledger.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      'intent revoke',
      'outcome revoke',
    ]);
    expect(ledger[0]?.detail).toEqual({ serialHex, reason: 'keyCompromise', by: 'ada' });
  });

  test.each([
    { options: { reason: 'keyCompromise' }, message: /--yes/ },
    { options: { yes: true }, message: /--reason takes one of/ },
    { options: { yes: true, reason: 'cACompromise' }, message: /--reason takes one of/ },
  ])('$options is wrong usage, and nothing is asked', async ({ options, message }) => {
    const { context, log } = await aStage({
      names: ['shop'],
      options: options,
    });
    await expect(revoke(context)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message),
    });
    expect(log).toEqual([]);
  });

  test('what the store does not know is a person’s matter', async () => {
    const { context, log } = await aStage({ names: ['shop'], options: { reason: 'superseded', yes: true } });
    await expect(revoke(context)).rejects.toMatchObject({ code: 'provider-object-missing' });
    expect(log.at(-1)).toBe('close runtime');
  });
});
