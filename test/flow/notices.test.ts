/** Who is told what over weeks of trouble: once for each level, over restarts, and that it is over. */
import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import { createTelling } from '../../src/composition/telling.ts';
import { nodeFiles } from '../../src/platform/files.ts';
import type { Processes } from '../../src/contracts/platform.ts';
import type { RevocationReader } from '../../src/contracts/revocation.ts';
import { dayMs, hourMs } from '../../src/core/durations.ts';
import { noticeLevels, type ChannelSettings } from '../../src/core/notices.ts';
import { createStatusSource } from '../../src/renewal/status-view.ts';
import { revocationsSettled, sayCompromised } from '../builders/compromise.ts';
import { createWorld } from '../builders/world.ts';
import { secrets } from '../builders/world/configuration.ts';
import { worldStart } from '../builders/world/surroundings.ts';
import type { World, WorldOptions } from '../builders/world/contract.ts';
import { recordingLogger } from '../builders/stage.ts';

interface Told {
  readonly day: number;
  readonly text: string;
  readonly payload: string;
}

/** A world whose daemon tells; `restart` leaves it nothing but what is on disk. */
async function tellingWorld(options: WorldOptions = {}, fields: Partial<ChannelSettings> = {}) {
  const world = await createWorld(options);
  const told: Told[] = [];
  const health = { instance: 'test', startedAt: worldStart, lastPassAt: null, configValid: true };
  const processes: Processes = {
    run: (_, { input = '', env = {} }) => {
      const day = Math.round((world.clock.now().getTime() - worldStart.getTime()) / dayMs);
      told.push({ day, text: env['RENEWD_NOTICE_SUBJECT'] ?? '', payload: input });
      return Promise.resolve({ exitCode: 0, signal: null, timedOut: false, stdout: '', stderr: '' });
    },
  };
  const channel: ChannelSettings = {
    name: 'team',
    levels: noticeLevels,
    repeatMs: 400 * dayMs,
    config: { type: 'command', command: ['tell'], timeoutMs: 1000 },
    ...fields,
  };
  const begin = () => {
    const telling = createTelling({
      store: world.store,
      status: createStatusSource(world.driver, world.store, world.clock, health, () => world.configuration, {
        files: nodeFiles,
        capabilities: () => expect.fail('no page is asked for'),
      }),
      clock: world.clock,
      logger: recordingLogger(),
      processes,
      secret: () => Promise.reject(new Error('no secret is needed')),
      scrub: (text) => text,
      count: () => undefined,
    });
    telling.configure({ notices: [channel], heartbeat: null });
    return telling;
  };
  let telling = begin();
  return {
    world,
    told,
    health,
    tell: () => telling.passMade(),
    restart: async () => {
      await telling.close();
      await world.restart();
      telling = begin();
    },
    /** Passes, each followed by telling, until so many days after the start of the world. */
    runUntilDay: async (day: number, passEveryMs = 12 * hourMs) => {
      const until = worldStart.getTime() + day * dayMs;
      await world.run(
        async () => {
          await telling.passMade();
          return world.clock.now().getTime() >= until;
        },
        { steps: 4000, passEveryMs },
      );
    },
  };
}

/** The reseller answers nothing but errors. */
function breakProvider(world: World): () => void {
  let broken = true;
  world.interfere((vendor) => (broken ? { vendor, kind: 'html', status: 503 } : undefined));
  return () => {
    broken = false;
  };
}

const brief = (told: readonly Told[]): readonly string[] => told.map(({ text }) => text.replace(/ \(.*/, ''));

describe('a provider that is down for weeks', () => {
  test('first the log, then a warning, urgent, expired; one telling each, and the recovery', async () => {
    const { world, told, restart, runUntilDay } = await tellingWorld();
    // 199 days of life: due when at most 30 are left.
    await world.seed({ name: 'shop', daysLeft: 31, paidDays: 200 });
    const mend = breakProvider(world);
    await world.configure([{ name: 'shop' }]);
    await runUntilDay(12);
    expect(told).toEqual([]);
    await runUntilDay(20);
    expect(brief(told)).toEqual(['renewd: WARNING: shop']);
    await restart();
    await runUntilDay(21);
    await runUntilDay(28);
    expect(brief(told).slice(1)).toEqual(['renewd: URGENT: shop']);
    await restart();
    await runUntilDay(33);
    expect(brief(told).slice(2)).toEqual(['renewd: EXPIRED: shop']);
    await restart();
    mend();
    await runUntilDay(35);
    expect(brief(told).slice(3)).toEqual(['renewd: recovered: shop']);
    expect(await world.renewal('shop')).toMatchObject({ state: 'served' });
    await restart();
    await runUntilDay(40);
    expect(told).toHaveLength(4);
    expect(await world.store.toldNotices()).toEqual([]);
    // Half of the lead, its last quarter, the end.
    const [warning, urgent, expired] = told.map(({ day }) => day);
    expect(warning).toBeGreaterThanOrEqual(16);
    expect(warning).toBeLessThanOrEqual(18);
    expect(urgent).toBeGreaterThanOrEqual(23);
    expect(urgent).toBeLessThanOrEqual(25);
    expect(expired).toBe(31);
    for (const { payload } of told) {
      expect(JSON.parse(payload)).toMatchObject({ version: 1, instance: hostname(), total: 1 });
      for (const secret of secrets) expect(payload).not.toContain(secret);
    }
  });

  test('what is urgent is told again each day, and nothing else is', async () => {
    const { world, told, runUntilDay } = await tellingWorld({}, { repeatMs: dayMs });
    await world.seed({ name: 'shop', daysLeft: 12, paidDays: 200 });
    breakProvider(world);
    await world.configure([{ name: 'shop' }]);
    await runUntilDay(4);
    expect(brief(told)).toEqual(['renewd: WARNING: shop']);
    await runUntilDay(8);
    const urgent = told.filter(({ text }) => text.includes('URGENT'));
    expect(urgent.length).toBeGreaterThanOrEqual(3);
    expect(new Set(urgent.map(({ day }) => day)).size).toBe(urgent.length);
  });
});

test('many certificates with one cause are one message', async () => {
  const { world, told, tell } = await tellingWorld();
  const names = Array.from({ length: 12 }, (_, index) => `c${index}`);
  for (const name of names) await world.seed({ name, daysLeft: 10, paidDays: 200 });
  breakProvider(world);
  await world.configure(names.map((name) => ({ name })));
  await world.step();
  await tell();
  expect(told.map(({ text }) => text)).toEqual([expect.stringMatching(/^renewd: WARNING: 12 certificates/)]);
});

describe('people', () => {
  test('an order that waits for one is told at once, and when it is served', async () => {
    const { world, told, runUntilDay } = await tellingWorld();
    const approver = 'admin@shop.example.test';
    await world.configure([{ name: 'shop', dcv: { method: 'email', approver } }]);
    await runUntilDay(2, hourMs);
    expect(told.map(({ text }) => text)).toEqual(['renewd: PERSON: shop (waits-for-person)']);
    expect(told[0]?.payload).toContain(approver);
    for (const { id, status } of world.sandbox.ca.orders())
      if (status === 'pending') world.sandbox.ca.approveByEmail(id);
    await runUntilDay(3, hourMs);
    expect(brief(told).slice(1)).toEqual(['renewd: recovered: shop']);
  });

  test('a limit of spending that was reached', async () => {
    const { world, told, runUntilDay } = await tellingWorld({ spend: { cnr: { ordersPerDay: 0 } } });
    await world.configure([{ name: 'shop' }]);
    await runUntilDay(2, hourMs);
    expect(told.map(({ text }) => text)).toEqual(['renewd: PERSON: shop (spend-limit)']);
  });

  test('a configuration that was refused', async () => {
    const { world, told, health, tell } = await tellingWorld();
    await world.configure([]);
    await world.step();
    health.configValid = false;
    await tell();
    await tell();
    health.configValid = true;
    await tell();
    expect(told.map(({ text }) => text)).toEqual([
      'renewd: WARNING: (configuration) (config-invalid)',
      'renewd: recovered: (configuration)',
    ]);
  });
});

test('healthy certificates, and renewals that go well, are nobody’s business', async () => {
  const { world, told, runUntilDay } = await tellingWorld();
  await world.seed({ name: 'fine', daysLeft: 100, paidDays: 200 });
  await world.seed({ name: 'late', daysLeft: 3, paidDays: 200 });
  await world.configure([{ name: 'fine' }, { name: 'late' }]);
  await runUntilDay(2);
  expect(await world.renewal('late')).toMatchObject({ state: 'served' });
  expect(told).toEqual([]);
});

describe('a certificate that nobody should rely on', () => {
  test('revoked: urgent at once, with much time left; the same is not told again; and that it was replaced', async () => {
    let revoked: string | undefined;
    const good = {
      reason: null,
      revokedAt: null,
      source: 'http://crl.test/',
      detail: 'the list',
      offered: true,
    };
    const revocation: RevocationReader = {
      look: ({ fingerprint256 }) =>
        Promise.resolve(
          fingerprint256 === revoked
            ? { ...good, status: 'revoked', reason: 'superseded' }
            : { ...good, status: 'good' },
        ),
    };
    const { world, told, tell, restart } = await tellingWorld({ revocation });
    await world.configure([{ name: 'shop' }]);
    await world.runToRest();
    await tell();
    expect(told).toEqual([]);
    revoked = (await world.renewal('shop')).fingerprint256 ?? '';
    // So that it lasts: nobody can be asked for another one yet.
    const mend = breakProvider(world);
    const urgent = () =>
      told.filter(
        ({ text, payload }) => !text.includes('recovered') && payload.includes('"cause":"revoked"'),
      );
    let seenAt: number | undefined;
    await world.run(
      async () => {
        await tell();
        const nowMs = world.clock.now().getTime();
        if (urgent().length > 0) seenAt ??= nowMs;
        return seenAt !== undefined && nowMs > seenAt + 2 * hourMs;
      },
      { steps: 1000 },
    );
    await restart();
    await tell();
    expect(urgent()).toHaveLength(1);
    expect(urgent()[0]?.text).toBe('renewd: URGENT: shop (revoked)');
    expect(urgent()[0]?.payload).toContain(
      'its CA has revoked the certificate on disk (superseded): the list',
    );
    mend();
    await world.run(async () => {
      await tell();
      return told.some(({ text }) => text.startsWith('renewd: recovered: shop'));
    });
    expect(urgent()).toHaveLength(1);
    expect(await world.store.toldNotices()).toEqual([]);
  });

  test('a stolen key: urgent until a successor is served and the old one revoked, then that it is over', async () => {
    const { world, told, tell } = await tellingWorld();
    await world.configure([{ name: 'shop' }]);
    await world.runToRest();
    await tell();
    expect(told).toEqual([]);
    await sayCompromised(world);
    await tell();
    await world.run(async () => {
      await tell();
      return revocationsSettled(world);
    });
    await world.runToRest();
    await tell();
    expect(brief(told)).toEqual(['renewd: URGENT: shop', 'renewd: recovered: shop']);
    expect(told[0]?.payload).toContain('"cause":"compromised"');
    expect(told[0]?.payload).toContain('ada said');
  });
});
