import { expect, test, vi } from 'vitest';
import type { Subject } from '../provider.ts';
import { never, type World } from './world.ts';

/** What it would have waited for is ten minutes away; a busy machine needs more than a moment to get round to it. */
const promptMs = 10_000;

export function cancellationTests(subject: Subject): void {
  const { vendor } = subject;
  const { commands } = vendor;

  test('a read under way ends soon', async () => {
    const world = await subject.world();
    const { reading } = await world.place();
    const stop = new AbortController();
    world.fault({ command: commands.read, kind: 'delay', delayMs: 600_000 });
    const call = world.provider.read(reading.handle, stop.signal);
    await abortWhenAsked(world, commands.read, stop);
    await prompt(world.failure(call, 'unavailable'));
    expect(world.history(commands.read)).toHaveLength(1);
  });

  test('an order under way ends soon, its outcome open, and is found', async () => {
    const world = await subject.world();
    const asked = await world.request();
    const stop = new AbortController();
    world.fault({ command: commands.create, kind: 'delay', delayMs: 600_000 });
    const call = world.provider.submit(asked.request, stop.signal);
    await abortWhenAsked(world, commands.create, stop);
    await prompt(world.failure(call, 'outcome-unknown'));
    expect(world.history(commands.create)).toHaveLength(1);
    expect((await world.find(asked)).matches).toHaveLength(1);
  });

  test('a search under way ends soon', async () => {
    const world = await subject.world();
    const { request, spkiSha256 } = await world.request();
    const { reference, names, product } = request;
    const stop = new AbortController();
    world.fault({ command: commands.list, kind: 'delay', delayMs: 600_000 });
    const call = world.provider.find({ reference, names, product, spkiSha256 }, stop.signal);
    await abortWhenAsked(world, commands.list, stop);
    await prompt(world.failure(call, 'unavailable'));
    expect(world.history(commands.list)).toHaveLength(1);
  });

  test.skipIf(vendor.lacks?.includes('events'))('a look at the event queue ends soon', async () => {
    const world = await subject.world();
    const stop = new AbortController();
    world.fault({ kind: 'delay', delayMs: 600_000 });
    const call = world.provider.events?.fetch(1, stop.signal) ?? Promise.resolve();
    await world.sandbox.history.waitFor((entry) => entry.fault === 'delay', patience());
    stop.abort();
    await prompt(world.failure(call, 'unavailable'));
    expect(world.history()).toHaveLength(1);
  });

  test('a pause between two tries ends soon', async () => {
    const world = await subject.world();
    const { reading } = await world.place();
    const stop = new AbortController();
    world.clock.advance(60_000);
    world.clock.hold = true;
    world.fault({ command: commands.read, kind: 'code', code: vendor.codes.tryAgain });
    const call = world.provider.read(reading.handle, stop.signal);
    await vi.waitFor(() => expect(world.clock.held).toHaveLength(1), { timeout: 60_000, interval: 5 });
    stop.abort();
    await prompt(world.failure(call, 'unavailable'));
    expect(world.history(commands.read)).toHaveLength(1);
  });

  test('waiting for a turn ends soon, without a request', async () => {
    const world = await subject.world();
    const { request, ...asked } = await world.request();
    const [stop, all] = [new AbortController(), new AbortController()];
    world.clock.hold = true;
    // More than the account may send at once, so that the last one has to wait.
    const readers = Array.from({ length: 40 }, () =>
      world.provider.read({ certificateId: '1' }, all.signal).catch((thrown: unknown) => thrown),
    );
    const call = world.provider.submit(request, stop.signal);
    stop.abort();
    await prompt(world.failure(call, 'unavailable'));
    all.abort();
    await prompt(Promise.all(readers));
    world.clock.hold = false;
    expect(world.history(commands.create)).toEqual([]);
    expect((await world.find({ request, ...asked })).matches).toEqual([]);
  });

  test('a call that was cancelled before sends nothing', async () => {
    const world = await subject.world();
    const { request, spkiSha256 } = await world.request();
    const { reference, names, product } = request;
    const over = AbortSignal.abort();
    const sent = world.requests();
    await world.failure(world.provider.submit(request, over), 'unavailable');
    await world.failure(world.provider.read({ certificateId: '1', jobId: '1' }, over), 'unavailable');
    await world.failure(world.provider.find({ reference, names, product, spkiSha256 }, over), 'unavailable');
    expect(world.requests()).toBe(sent);
  });

  test('one call that is cancelled disturbs no other', async () => {
    const world = await subject.world();
    const { reading } = await world.place();
    const stop = new AbortController();
    world.fault({ command: commands.read, kind: 'delay', delayMs: 600_000 });
    const cancelled = world.provider.read(reading.handle, stop.signal);
    await world.sandbox.history.waitFor(({ fault }) => fault === 'delay', patience());
    const other = world.provider.read(reading.handle, never);
    stop.abort();
    await world.failure(cancelled, 'unavailable');
    expect((await other).status).toBe('pending');
  });

  test('closing ends what is under way', async () => {
    const world = await subject.world();
    const { reading } = await world.place();
    const provider = await world.another({});
    world.fault({ command: commands.read, kind: 'delay', delayMs: 600_000, times: 9 });
    const call = world.failure(provider.read(reading.handle, never), 'unavailable');
    await world.sandbox.history.waitFor(({ fault }) => fault === 'delay', patience());
    await prompt(provider.close());
    await prompt(call);
    // Nothing is asked anew through a client that was closed.
    expect(world.history(commands.read)).toHaveLength(1);
  });
}

/** Only for a call that never comes: a test that waits longer has failed. */
function patience(): AbortSignal {
  return AbortSignal.timeout(60_000);
}

async function abortWhenAsked(world: World, command: string, stop: AbortController): Promise<void> {
  await world.sandbox.history.waitFor(
    (entry) => entry.command === command && entry.fault === 'delay',
    patience(),
  );
  stop.abort();
}

async function prompt<T>(promise: Promise<T>): Promise<T> {
  const startMs = performance.now();
  const value = await promise;
  expect(performance.now() - startMs).toBeLessThan(promptMs);
  return value;
}
