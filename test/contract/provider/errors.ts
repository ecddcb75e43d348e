import { describe, expect, test } from 'vitest';
import { effectOf } from '../../../src/contracts/capabilities.ts';
import type { OrderAction } from '../../../src/contracts/order.ts';
import { dayMs, hourMs } from '../../../src/core/durations.ts';
import { createProviderPool } from '../../../src/providers/pool.ts';
import type { Subject } from '../provider.ts';
import { chargesOf } from './vendor.ts';
import { never } from './world.ts';

export function errorTests(subject: Subject): void {
  const { vendor } = subject;
  const { codes, commands } = vendor;

  test('credit exhausted: funds, and no order', async ({ skip }) => {
    if (vendor.lacks?.includes('funds') === true) skip('no code of its own is known for it');
    const world = await subject.world();
    const { request, ...rest } = await world.request();
    world.fault({ command: commands.create, kind: 'code', code: codes.funds });
    await world.failure(world.provider.submit(request, never), 'funds');
    expect(world.simulator.invoices()).toEqual([]);
    expect((await world.find({ request, ...rest })).matches).toEqual([]);
    // Topped up: the same request goes through.
    await world.provider.submit(request, never);
    expect(world.simulator.invoices()).toHaveLength(chargesOf(vendor));
  });

  test('a value that the vendor refuses: rejected, and no order', async () => {
    const world = await subject.world();
    const { request } = await world.request();
    world.fault({ command: commands.create, kind: 'code', code: codes.rejected });
    await world.failure(world.provider.submit(request, never), 'rejected');
    expect(world.simulator.invoices()).toEqual([]);
  });

  test('an unknown product: rejected by the vendor itself', async ({ skip }) => {
    if (vendor.held !== undefined) skip('nothing can be bought');
    const world = await subject.world();
    await world.failure(world.place({ product: 'no_such_product' }), 'rejected');
    expect(world.simulator.invoices()).toEqual([]);
  });

  test('an order that does not exist: not found, nothing is made up', async () => {
    const world = await subject.world();
    const handle = { certificateId: '99999999', jobId: '99999999', orderId: '99999999' };
    await world.failure(world.provider.read(handle, never), 'not-found');
    const bare = world.provider.read({ certificateId: '99999999' }, never);
    expect((await world.failure(bare, 'not-found')).code).toBe('provider-object-missing');
  });

  test('a search whose earlier certificate is gone still ends', async () => {
    const world = await subject.world();
    const asked = await world.request();
    const found = await world.find({
      ...asked,
      request: { ...asked.request, previous: { certificateId: '99999999' } },
    });
    expect(found.matches).toEqual([]);
  });

  describe('"try again"', () => {
    test('to an order: unknown outcome, and one request only', async () => {
      const world = await subject.world();
      const { request } = await world.request();
      world.fault({ command: commands.create, kind: 'code', code: codes.tryAgain });
      await world.failure(world.provider.submit(request, never), 'outcome-unknown');
      expect(world.history(commands.create)).toHaveLength(1);
    });

    test('to a read: asked again until it answers', async () => {
      const world = await subject.world();
      const { reading } = await world.place();
      world.fault({ command: commands.read, kind: 'code', code: codes.tryAgain, times: 2 });
      const read = await world.provider.read(reading.handle, never);
      expect(read.status).toBe('pending');
      expect(world.history(commands.read)).toHaveLength(3);
    });

    test('to a read for ever: unavailable after a few tries', async () => {
      const world = await subject.world();
      const { reading } = await world.place();
      world.fault({ command: commands.read, kind: 'code', code: codes.tryAgain, times: 99 });
      await world.failure(world.provider.read(reading.handle, never), 'unavailable');
      expect(world.history(commands.read)).toHaveLength(3);
    });

    test.each(['lose-answer', 'truncate', 'drop-before', 'html'] as const)(
      'by %s to a read: asked again',
      async (kind) => {
        // No page of a proxy comes between an EPP client and its server.
        if (vendor.epp === true && kind === 'html') return;
        const world = await subject.world();
        const { reading } = await world.place();
        world.fault({ command: commands.read, kind });
        expect((await world.provider.read(reading.handle, never)).status).toBe('pending');
        expect(world.sandbox.faults.pending()).toEqual([]);
      },
    );
  });

  describe('"slow down"', () => {
    test('to a read: rate-limited with a delay, and quiet until it is over', async () => {
      const world = await subject.world();
      const { reading } = await world.place();
      world.fault({ command: commands.read, kind: 'code', code: codes.rateLimited, times: 3 });
      const thrown = await world.failure(world.provider.read(reading.handle, never), 'rate-limited');
      expect(thrown.retryAfterMs).toBeGreaterThanOrEqual(1000);
      expect(thrown.retryAfterMs).toBeLessThanOrEqual(hourMs);
      world.sandbox.faults.clear();
      // Whoever comes before the pause is over waits or is told so; nothing is sent meanwhile.
      const [from, sent] = [world.clock.now().getTime(), world.requests()];
      await world.provider.read(reading.handle, never).catch(() => undefined);
      const waitedMs = world.clock.now().getTime() - from;
      expect(waitedMs >= 1000 || world.requests() === sent).toBe(true);
      world.clock.advance(hourMs);
      expect((await world.provider.read(reading.handle, never)).status).toBe('pending');
    });

    test('to an order: told apart as the vendor lets us', async () => {
      const world = await subject.world();
      const { request } = await world.request();
      world.fault({ command: commands.create, kind: 'code', code: codes.rateLimited });
      const thrown = await world.failure(world.provider.submit(request, never), vendor.rateLimitedOrder);
      // Where it is known not to be taken, it is said when to come back.
      expect(thrown.kind !== 'rate-limited' || (thrown.retryAfterMs ?? 0) >= 1000).toBe(true);
      expect(world.history(commands.create)).toHaveLength(1);
      expect(world.simulator.invoices()).toEqual([]);
    });

    test('the account is never asked faster than the vendor bears', async () => {
      const id = vendor.manifest.id;
      const limit = { rateLimit: { perSecond: 3, lockMs: 60_000 } };
      const world = await subject.world({
        simulator: id === 'rrpproxy' ? { rrpproxy: limit } : { internetx: { rateLimit: { perSecond: 3 } } },
        settings: { requestsPerSecond: id === 'rrpproxy' ? 1 : 3 },
      });
      // One after the other: the clock jumps over pauses, so requests side by side would seem to come at one moment.
      const { reading } = await world.place();
      for (let round = 0; round < 8; round += 1) {
        expect((await world.provider.read(reading.handle, never)).status).toBe('pending');
      }
      const limited = world
        .history()
        .filter(({ httpStatus, resultCode }) => httpStatus === 429 || resultCode === '422');
      expect(limited).toEqual([]);
    });
  });

  describe('refused credentials', () => {
    test('are not tried again', async () => {
      const world = await subject.world();
      const { request, ...rest } = await world.request();
      const stranger = await world.another({ password: 'wrong-password' });
      for (const call of [
        () => stranger.submit(request, never),
        () => stranger.read({ certificateId: '570', jobId: '1' }, never),
        () =>
          stranger.find(
            { reference: request.reference, names: request.names, product: request.product, ...rest },
            never,
          ),
        ...(vendor.lacks?.includes('events') === true
          ? []
          : [() => stranger.events?.fetch(1, never) ?? Promise.reject(new Error('no events'))]),
      ]) {
        const before = world.requests();
        await world.failure(call(), 'authentication');
        expect(world.requests() - before).toBe(1);
      }
      expect(world.simulator.invoices()).toEqual([]);
    });

    test.each(
      (['create', 'reissue', 'renew'] as const satisfies readonly OrderAction[]).filter(
        (action) => effectOf(vendor.manifest.capabilities, action) !== undefined,
      ),
    )('to %s say that nothing was ordered', async (action) => {
      const world = await subject.world();
      const first = await world.buy();
      world.clock.advance(Math.max(vendor.daysUntilRenewal, 1) * dayMs);
      const charges = world.simulator.invoices().length;
      const { request } = await world.request(
        action === 'create' ? {} : { action, previous: first.issued.handle },
      );
      for (const code of [codes.unauthorized, codes.unauthorizedAddress]) {
        world.fault({ command: commands[action], kind: 'code', code });
        await world.failure(world.provider.submit(request, never), 'authentication');
      }
      expect(world.simulator.invoices()).toHaveLength(charges);
    });

    test('are read anew for the next call: a rotated password works without a restart', async () => {
      const world = await subject.world();
      const { reading } = await world.place();
      const passwords = ['expired-password', vendor.password];
      const pool = createProviderPool({
        registry: { [vendor.manifest.id]: { ...vendor.manifest, create: subject.open } },
        resolveSecrets: () => Promise.resolve(world.settings({ password: passwords.shift() ?? 'too often' })),
        dependenciesFor: () => world.dependencies(),
      });
      try {
        pool.configure([
          { name: 'account', type: vendor.manifest.id, config: {}, spend: {}, lostAnswerGraceMs: 0 },
        ]);
        const before = world.requests();
        const first = await pool.get('account');
        const look = (): Promise<unknown> =>
          first.events?.fetch(1, never) ?? first.read(reading.handle, never);
        // Several at once: the first that is told so makes the rest of the world begin anew, once.
        const refused = [look(), look()];
        for (const call of refused) await world.failure(call, 'authentication');
        expect(world.requests() - before).toBe(2);
        expect((await (await pool.get('account')).read(reading.handle, never)).status).toBe('pending');
        expect(passwords).toEqual([]);
      } finally {
        await pool.close();
      }
    });
  });
}
