import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Subject } from '../provider.ts';
import { chargesOf } from './vendor.ts';
import { never } from './world.ts';

const mebibyte = 1024 * 1024;

export function hostileTests(subject: Subject): void {
  const { vendor } = subject;
  const { commands } = vendor;

  describe.skipIf(vendor.epp)('a redirect', () => {
    test('of a read is not followed', async () => {
      const world = await subject.world();
      const { reading } = await world.place();
      await withOtherHost(async (location, connections) => {
        world.fault({ command: commands.read, kind: 'redirect', location });
        const thrown = await world.failure(world.provider.read(reading.handle, never), 'protocol');
        expect(thrown.code).toBe('provider-redirected');
        expect(connections()).toBe(0);
      });
    });

    test.each(['create', 'reissue'] as const)(
      'of %s is not followed, and leaves the outcome open',
      async (action) => {
        const world = await subject.world();
        const first = await world.buy();
        const { request } = await world.request(
          action === 'create' ? {} : { action, previous: first.issued.handle },
        );
        await withOtherHost(async (location, connections) => {
          world.fault({ command: commands[action], kind: 'redirect', location });
          await world.failure(world.provider.submit(request, never), 'outcome-unknown');
          expect(connections()).toBe(0);
        });
      },
    );

    test('of a search or of the event queue is not followed', async () => {
      const world = await subject.world();
      const asked = await world.request();
      await withOtherHost(async (location, connections) => {
        world.fault({ kind: 'redirect', location });
        await world.failure(world.find(asked), 'protocol');
        if (vendor.lacks?.includes('events') !== true) {
          world.fault({ kind: 'redirect', location });
          await world.failure(world.provider.events?.fetch(1, never) ?? Promise.resolve(), 'protocol');
        }
        expect(connections()).toBe(0);
      });
    });
  });

  describe('an answer without end', () => {
    test('to a read is cut: bounded in memory', async () => {
      const world = await subject.world();
      const { reading } = await world.place();
      world.fault({ command: commands.read, kind: 'oversize', bytes: 1024 * mebibyte, times: 3 });
      const before = process.memoryUsage().arrayBuffers;
      let peak = before;
      const watch = setInterval(() => {
        peak = Math.max(peak, process.memoryUsage().arrayBuffers);
      }, 2);
      try {
        const thrown = await world.failure(world.provider.read(reading.handle, never), 'protocol');
        expect(thrown.code).toBe('provider-answer-too-large');
      } finally {
        clearInterval(watch);
      }
      expect(peak - before).toBeLessThan(128 * mebibyte);
      // What was cut is not asked for again by itself.
      expect(world.history(commands.read)).toHaveLength(1);
    });

    test('to an order leaves the outcome open', async () => {
      const world = await subject.world();
      const { request } = await world.request();
      world.fault({ command: commands.create, kind: 'oversize', bytes: 256 * mebibyte });
      await world.failure(world.provider.submit(request, never), 'outcome-unknown');
      expect(world.simulator.invoices()).toHaveLength(chargesOf(vendor));
    });
  });

  describe('an answer byte by byte', () => {
    // The deadline of a request is real time; shortened here, so that the test need not wait for the real one.
    const shortMs = 1000;
    const timeout = AbortSignal.timeout.bind(AbortSignal);

    afterEach(() => {
      vi.restoreAllMocks();
    });

    function shortened(): number[] {
      const asked: number[] = [];
      vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
        asked.push(ms);
        return timeout(Math.min(ms, shortMs));
      });
      return asked;
    }

    test('to a read is given up after a bounded time', async () => {
      const world = await subject.world();
      const { reading } = await world.place();
      world.fault({ command: commands.read, kind: 'trickle', delayMs: 20, times: 9 });
      const asked = shortened();
      await world.failure(world.provider.read(reading.handle, never), 'unavailable');
      expect(asked.length).toBeGreaterThan(0);
      expect(Math.max(...asked)).toBeLessThanOrEqual(60_000);
    });

    test('to an order leaves the outcome open', async () => {
      const world = await subject.world();
      const asked = await world.request();
      world.fault({ command: commands.create, kind: 'trickle', delayMs: 20 });
      shortened();
      await world.failure(world.provider.submit(asked.request, never), 'outcome-unknown');
      vi.restoreAllMocks();
      expect((await world.find(asked)).matches).toHaveLength(1);
    });
  });

  test.skipIf(vendor.epp)('an answer of another kind with a good status is no success', async () => {
    const world = await subject.world();
    const { reading, ...placed } = await world.place();
    world.fault({ command: commands.read, kind: 'html', status: 200 });
    await world.failure(world.provider.read(reading.handle, never), 'protocol');
    world.fault({ command: commands.list, kind: 'html', status: 200 });
    expect((await world.failure(world.find(placed), 'protocol')).code).toBe('provider-protocol');
  });
}

/** Somebody else's server: nobody may come. */
async function withOtherHost(
  use: (location: string, connections: () => number) => Promise<void>,
): Promise<void> {
  let connections = 0;
  const server = createServer((_, response) => response.end('[RESPONSE]\ncode = 200\nEOF\n'));
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  try {
    await use(`http://127.0.0.1:${address.port}/elsewhere`, () => connections);
  } finally {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
}
