import { describe, expect, test } from 'vitest';
import type { OrderReading } from '../../../src/contracts/order.ts';
import type { ProviderEvent } from '../../../src/contracts/provider-events.ts';
import { dayMs } from '../../../src/core/durations.ts';
import type { Subject } from '../provider.ts';
import { expectIssued, never, paidDays, type Placed, type World } from './world.ts';

/** One life of an order, told without ids, dates of the hour and random values. */
export function dialectTests(subject: Subject): void {
  const { vendor } = subject;
  let plain: Promise<unknown> | undefined;

  async function plainLife(): Promise<unknown> {
    return lifeOf(await subject.world());
  }

  test.skipIf(vendor.dialects.length > 0 || vendor.held !== undefined)(
    'the vendor has one dialect: an order lives in it',
    async () => {
      expect(await plainLife()).toBeDefined();
    },
  );

  describe.each(vendor.dialects)('$name', ({ simulator, settings }) => {
    test('gives the same typed results', async () => {
      plain ??= plainLife();
      const world = await subject.world({ simulator, ...(settings === undefined ? {} : { settings }) });
      expect(await lifeOf(world)).toEqual(await plain);
    });
  });

  async function lifeOf(world: World): Promise<unknown> {
    const { provider } = world;
    const told: Record<string, unknown> = {};
    const names = ['shop.example.test', 'www.shop.example.test'];

    const created = await world.place({ names });
    told['ordered'] = summary(world, created, created.reading);
    const waiting = await provider.read(created.reading.handle, never);
    told['waiting'] = summary(world, created, waiting);
    const issued = await world.finish({ reading: waiting });
    expectIssued(world.sandbox, created, issued);
    told['issued'] = summary(world, created, issued);

    const file = await world.buy({ names: ['file.example.test'], method: 'file' });
    told['by file'] = summary(world, file, file.issued);
    const cname = await world.buy({
      names: ['alias.example.test'],
      product: vendor.products.cname,
      record: 'cname',
    });
    told['by CNAME'] = summary(world, cname, cname.issued);

    const found = await world.find(created);
    told['found'] = [found.complete, found.matches.map((match) => summary(world, created, match))];
    const absent = await world.request({ names });
    told['absent'] = await world.find(absent);

    world.clock.advance(30 * dayMs);
    const reissued = await world.buy({ action: 'reissue', names, previous: issued.handle });
    told['reissued'] = summary(world, reissued, reissued.issued);
    told['term'] = reissued.issued.paidUntil?.getTime() === issued.paidUntil?.getTime();
    told['earlier kept'] = (await provider.read(issued.handle, never)).status;

    told['events'] = await events(world);
    told['price'] = (await provider.preview?.(absent.request, never)) ?? 'not told';

    const late = await world.place({ names: ['late.example.test'] });
    if (vendor.lacks?.includes('cancel') !== true) await provider.cancel(late.reading.handle, never);
    if (vendor.lacks?.includes('cancelled-orders') !== true) {
      told['cancelled'] = summary(world, late, await provider.read(late.reading.handle, never));
    }

    const { codes, commands } = vendor;
    for (const code of [codes.funds, codes.rejected, codes.unauthorized, codes.tryAgain]) {
      world.fault({ command: commands.create, kind: 'code', code });
      const thrown: unknown = await provider.submit(absent.request, never).catch((reason: unknown) => reason);
      told[`code ${code}`] = thrown instanceof Error && 'kind' in thrown ? thrown.kind : thrown;
    }
    told['unknown product'] = (await world.failure(world.place({ product: 'nonesuch' }), 'rejected')).code;
    told['charged'] = world.simulator.invoices().map(({ price, currency }) => `${price} ${currency}`);
    return told;
  }

  async function events(world: World): Promise<unknown> {
    const seen: ProviderEvent[] = [];
    for (let round = 0; round < 9; round += 1) {
      const [event] = (await world.provider.events?.fetch(1, never)) ?? [];
      if (event === undefined) break;
      seen.push(event);
      await world.provider.events?.acknowledge(event.id, never);
    }
    return seen.map(({ ours, handle, at, reference }) => ({
      ours,
      ids: Object.keys(handle).sort(),
      daysAgo:
        at === undefined ? undefined : Math.round((world.clock.now().getTime() - at.getTime()) / dayMs),
      reference,
    }));
  }

  function summary(world: World, { spkiSha256 }: Placed, reading: OrderReading): unknown {
    const days = paidDays(world.clock, reading);
    return {
      status: reading.status,
      statusWord: reading.statusWord.toLowerCase(),
      ids: Object.keys(reading.handle).sort(),
      challenges: [...new Set(reading.challenges.map((one) => one.kind))],
      ours: reading.spkiSha256 === undefined ? undefined : reading.spkiSha256 === spkiSha256,
      names: reading.names,
      authorities: reading.caPems?.length,
      paidDays: Number.isNaN(days) ? undefined : Math.round(days),
      created: reading.createdAt !== undefined,
      price: reading.price,
      person: reading.waitsForPerson,
      message: reading.message,
    };
  }
}
