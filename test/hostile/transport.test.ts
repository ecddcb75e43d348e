/** Resellers whose answers are no answers: slow, endless, huge, elsewhere, HTML, cut off; at each reseller's client. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Fault } from '../../src/sandbox/contract.ts';
import type { ProviderName } from '../builders/accounts.ts';
import { createWorld } from '../builders/world.ts';
import type { World } from '../builders/world/contract.ts';
import {
  besiege,
  expectCleanLogs,
  expectStillAsking,
  expectUntouched,
  holdDeadlines,
  march,
  marchUntilGood,
  mebibyte,
  memoryPeak,
  stateOf,
  toldAbout,
  vendorOf,
} from './kit.ts';

/** Every way of ours to speak to a reseller is once among the hostile. */
const sieges: readonly { readonly hostile: readonly ProviderName[]; readonly goodProvider: ProviderName }[] =
  [
    { hostile: ['cnr', 'hx', 'epp', 'rs'], goodProvider: 'inx' },
    { hostile: ['inx', 'xml'], goodProvider: 'cnr' },
  ];

interface Behaviour {
  readonly name: string;
  readonly fault: Omit<Fault, 'vendor'>;
  /** What is said of it; over EPP, where that is another word or (null) nothing hostile happens. */
  readonly code: string;
  readonly epp?: string | null;
  /** What is wrong, in the sentence of the log or the history. */
  readonly says: RegExp;
  /** Who asks waits until the deadline: the good one has to be done before anybody's deadline has passed. */
  readonly hangs?: true;
}

const behaviours: readonly Behaviour[] = [
  {
    name: 'byte by byte',
    fault: { kind: 'trickle', delayMs: 40 },
    code: 'provider-unavailable',
    says: /timed out/,
    hangs: true,
  },
  {
    name: 'never',
    fault: { kind: 'delay', delayMs: 3_600_000 },
    code: 'provider-unavailable',
    says: /timed out/,
    hangs: true,
  },
  {
    name: '100 MB',
    fault: { kind: 'oversize', bytes: 100 * mebibyte },
    code: 'provider-answer-too-large',
    says: /more than \d+ bytes|announced a data unit of \d+ octets; the limit is/,
  },
  {
    name: 'from another host',
    fault: { kind: 'redirect' },
    code: 'provider-redirected',
    epp: null,
    says: /answered with a redirect \(HTTP 302\)/,
  },
  {
    name: 'a page of HTML',
    fault: { kind: 'html', status: 200 },
    code: 'provider-protocol',
    epp: 'provider-answer-too-large',
    says: /is not (one of the API|JSON)|no readable envelope|announced a data unit of \d+ octets/,
  },
  {
    name: 'half an answer',
    fault: { kind: 'truncate' },
    code: 'provider-unavailable',
    says: /(no answer from|no EPP session with) 127\.0\.0\.1:\d+: /,
  },
  {
    name: 'nothing, and hangs up',
    fault: { kind: 'drop-before' },
    code: 'provider-unavailable',
    says: /(no answer from|no EPP session with) 127\.0\.0\.1:\d+: /,
  },
];

/** Far less than one such answer for each of the four clients; what is not read is not kept. */
const memoryMax = 128 * mebibyte;

afterEach(() => {
  vi.restoreAllMocks();
});

/** Somebody else's server: nobody may come. */
async function elsewhere(): Promise<{ readonly url: string; readonly visits: () => number }> {
  let visits = 0;
  const server = createServer((_, response) => response.end('[RESPONSE]\ncode = 200\nEOF\n'));
  server.on('connection', () => {
    visits += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}/elsewhere`, visits: () => visits };
}

function invoicesOf(world: World, vendor: string): number {
  return world.sandbox.vendors.get(vendor)?.simulator.invoices().length ?? 0;
}

const phases = [
  { when: 'from the first request', hostileNow: () => true },
  {
    when: 'once the order is paid',
    hostileNow: (world: World, vendor: string) => invoicesOf(world, vendor) > 0,
  },
] as const;

describe.each(sieges)('$hostile hostile, $goodProvider good', ({ hostile, goodProvider }) => {
  const vendors = new Set(hostile.map(vendorOf));

  describe.each(phases)('$when', ({ when, hostileNow }) => {
    test.each(behaviours)('the answer is $name', async ({ fault, code, epp = code, says, hangs }) => {
      const deadlines = holdDeadlines();
      const world = await createWorld();
      const other = await elsewhere();
      const attacked = epp === null ? hostile.filter((name) => name !== 'epp') : hostile;
      const before = await besiege(world, attacked, goodProvider);
      world.interfere((vendor) =>
        vendors.has(vendor) && hostileNow(world, vendor)
          ? { vendor, location: other.url, ...fault }
          : undefined,
      );
      const peak = await memoryPeak(async () => {
        await marchUntilGood(world);
        if (hangs === true) {
          await expectStillAsking(world, attacked);
          deadlines.release();
        }
        for (const name of attacked) {
          const wanted = name === 'epp' ? (epp ?? code) : code;
          await march(world, async () => (await toldAbout(world, name)).some((one) => one.code === wanted));
          const told = (await toldAbout(world, name)).filter((one) => one.code === wanted);
          expect.soft(told.map(({ sentence }) => sentence).join('; '), name).toMatch(says);
        }
      });
      expect(peak).toBeLessThan(memoryMax);
      expect(other.visits()).toBe(0);
      expectUntouched(world, attacked, before);
      for (const name of attacked) expect(await stateOf(world, name)).not.toBe('served');
      for (const vendor of vendors) {
        const paidBefore = attacked.filter((name) => vendorOf(name) === vendor).length;
        const most = when === 'from the first request' ? 0 : paidBefore;
        expect(invoicesOf(world, vendor)).toBeLessThanOrEqual(most);
      }
      await expectCleanLogs(world);
    });
  });
});
