import { expect, test } from 'vitest';
import type { EventFeed, ProviderEvent } from '../../../src/contracts/provider-events.ts';
import type { Subject } from '../provider.ts';
import { never, type World } from './world.ts';

export function eventTests(subject: Subject): void {
  const has = subject.vendor.lacks?.includes('events') !== true;

  test('are offered where the vendor has them, and only there', async () => {
    expect((await subject.world()).provider.events !== undefined).toBe(has);
  });

  if (has) feedTests(subject);
}

function feedTests(subject: Subject): void {
  test('of an order: fetched, acknowledged, gone', async () => {
    const world = await subject.world();
    const feed = feedOf(world);
    expect(await feed.fetch(10, never)).toEqual([]);
    const placed = await world.buy();
    const [event, ...more] = await feed.fetch(10, never);
    expect(more).toEqual([]);
    expectOurs(event, placed.issued.handle.certificateId);
    expect(event?.at?.getTime()).toBeLessThanOrEqual(world.clock.now().getTime());
    // Where the provider returns our reference, it is that of this very order.
    expect(event?.reference ?? placed.request.reference).toBe(placed.request.reference);
    // Still there until it is acknowledged.
    expect(await feed.fetch(10, never)).toEqual([event]);
    await feed.acknowledge(event?.id ?? '', never);
    expect(await feed.fetch(10, never)).toEqual([]);
  });

  test('acknowledged twice, or never there: quiet', async () => {
    const world = await subject.world();
    const feed = feedOf(world);
    await world.buy();
    const [event] = await feed.fetch(1, never);
    await feed.acknowledge(event?.id ?? '', never);
    await feed.acknowledge(event?.id ?? '', never);
    await feed.acknowledge('99999999', never);
    expect(await feed.fetch(10, never)).toEqual([]);
  });

  test('an acknowledgement whose answer is lost is made again', async () => {
    const world = await subject.world();
    const feed = feedOf(world);
    await world.buy();
    const [event] = await feed.fetch(1, never);
    world.fault({ kind: 'lose-answer' });
    await feed.acknowledge(event?.id ?? '', never);
    expect(await feed.fetch(10, never)).toEqual([]);
  });

  test('delivered once more: the same event, and gone again', async () => {
    const world = await subject.world();
    const feed = feedOf(world);
    const placed = await world.buy();
    const [first] = await feed.fetch(1, never);
    await feed.acknowledge(first?.id ?? '', never);
    const before = await world.provider.read(placed.issued.handle, never);
    world.simulator.redeliverLastEvent();
    const [again] = await feed.fetch(1, never);
    expect(again).toEqual(first);
    await feed.acknowledge(again?.id ?? '', never);
    expect(await feed.fetch(10, never)).toEqual([]);
    expect(await world.provider.read(placed.issued.handle, never)).toEqual(before);
  });

  test('late: about an order that has gone on meanwhile, and about the one of a lost answer', async () => {
    const world = await subject.world();
    const feed = feedOf(world);
    const first = await world.buy();
    const second = await world.buy({ action: 'reissue', previous: first.issued.handle });
    const seen: ProviderEvent[] = [];
    for (let round = 0; round < 5; round += 1) {
      const [event] = await feed.fetch(1, never);
      if (event === undefined) break;
      seen.push(event);
      await feed.acknowledge(event.id, never);
    }
    expect(seen).toHaveLength(2);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(2);
    // Oldest first.
    expectOurs(seen[0], first.issued.handle.certificateId);
    expectOurs(seen[1], second.issued.handle.certificateId);
    expect(await world.provider.read(second.issued.handle, never)).toEqual(second.issued);
  });

  test('at most as many as were asked for', async () => {
    const world = await subject.world();
    const feed = feedOf(world);
    await world.buy();
    await world.buy({ names: ['mail.example.test'] });
    expect(await feed.fetch(1, never)).toHaveLength(1);
    expect(await feed.fetch(0, never)).toEqual([]);
  });

  test('about the end of an order that failed', async () => {
    const world = await subject.world();
    await world.place();
    for (const order of world.sandbox.ca.orders()) world.sandbox.ca.fail(order.id, 'high risk');
    const [event] = await feedOf(world).fetch(1, never);
    expect(event).toMatchObject({ ours: true });
  });

  test('of other objects: left alone, or handed out as foreign, as the feed says', async () => {
    const world = await subject.world();
    const feed = feedOf(world);
    world.simulator.queueForeignEvent();
    world.simulator.queueForeignEvent();
    await world.buy();
    const ours: ProviderEvent[] = [];
    const foreign: ProviderEvent[] = [];
    for (let round = 0; round < 9; round += 1) {
      const [event] = await feed.fetch(1, never);
      if (event === undefined) break;
      (event.ours ? ours : foreign).push(event);
      await feed.acknowledge(event.id, never);
    }
    expect(ours).toHaveLength(1);
    const none = feed.foreign === 'leave';
    expect(foreign.map(({ handle }) => handle)).toEqual(none ? [] : [{}, {}]);
  });

  test('a queue that shows one at a time says what becomes of foreign events', async ({ skip }) => {
    const world = await subject.world();
    if (feedOf(world).foreign === 'leave') skip('the feed never shows foreign events');
    const leaving = await world.another({ foreignEvents: 'leave' });
    expect(leaving.events?.foreign).toBe('leave');
    world.simulator.queueForeignEvent();
    const [event] = (await leaving.events?.fetch(1, never)) ?? [];
    expect(event).toMatchObject({ ours: false, handle: {} });
    // Nothing is acknowledged by itself.
    expect(await leaving.events?.fetch(1, never)).toEqual([event]);
  });

  test('no order depends on them: it is read without the queue ever being asked', async () => {
    const world = await subject.world();
    await world.buy();
    const asked = world.history().map(({ command }) => command);
    expect(asked.filter((command) => /event|poll/i.test(command))).toEqual([]);
  });
}

function feedOf(world: World): EventFeed {
  const { events } = world.provider;
  if (events === undefined) throw new Error('the provider has no events');
  return events;
}

function expectOurs(event: ProviderEvent | undefined, certificateId: string | undefined): void {
  expect(certificateId).toBeDefined();
  expect(event).toMatchObject({ ours: true, handle: { certificateId } });
  expect(event?.type).not.toBe('');
  expect(Buffer.byteLength(event?.raw ?? '')).toBeLessThanOrEqual(16 * 1024);
}
