/**
 * Ways through the state table that the plain flows do not take: each says which passages it is for, and takes them in a
 * world of its own.
 */
import { rmSync } from 'node:fs';
import { dayMs, hourMs, minuteMs } from '../../src/core/durations.ts';
import { RenewdError } from '../../src/core/errors.ts';
import type { MaintenanceWindow } from '../../src/core/certificate.ts';
import { createWorld, type World, type WorldOptions } from '../builders/world.ts';
import type { Wanted } from '../builders/inventory.ts';
import type { Fault } from '../../src/sandbox/contract.ts';
import { flow, type Flow } from './flows.ts';
import { isOrder } from './moments.ts';
import { enter, runToEnd } from './run.ts';

export interface Way {
  readonly title: string;
  /** "planned order-intended" */
  readonly passages: readonly string[];
  readonly take: () => Promise<World>;
}

const endingSoon = { name: 'shop', daysLeft: 12, paidDays: 180 } as const;
const failover = { provider: 'inx', product: 'SSL123', order: {}, record: 'txt' } as const;

async function stateOf(world: World): Promise<string> {
  const [newest] = await world.store.renewalsOf('shop', 1);
  return newest?.state ?? 'none';
}

async function failureOf(world: World): Promise<string | undefined> {
  const [newest] = await world.store.renewalsOf('shop', 1);
  return newest?.failure?.code;
}

const isAt = (world: World, state: string) => async () => (await stateOf(world)) === state;

/** A person's word, from the command line: another process, whose writing a restart shows for sure. */
async function say(world: World, options: Record<string, unknown>): Promise<void> {
  const at = world.clock.now();
  await world.store.addRequest({ id: 'q1', at, certificate: 'shop', kind: 'resolve', options, by: 'ada' });
  await world.restart();
}

async function start(
  given: Flow,
  { wanted, ...options }: WorldOptions & { readonly wanted?: Partial<Wanted> } = {},
): Promise<World> {
  const world = await createWorld(options);
  await enter(world, { ...given, wanted: { ...given.wanted, ...wanted } });
  return world;
}

/** The first order, and not the question for its price, goes wrong in this way. */
function onOrder(world: World, kind: Fault['kind'], code?: string): void {
  let hasHit = false;
  world.interfere((vendor, command) => {
    if (hasHit || !isOrder(world, command)) return undefined;
    hasHit = true;
    return { vendor, kind, ...(code === undefined ? {} : { code }) };
  });
}

const inxCreate = flow('inx', 'create', 'dns');
const cnrReissue = flow('cnr', 'reissue', 'dns');

/** The order is on its way into the dark: neither its answer nor the list comes. */
async function ambiguous(): Promise<World> {
  const world = await createWorld();
  let ordered = 0;
  world.interfere((vendor, command) => {
    if (command === 'POST /certificate') {
      ordered += 1;
      return ordered === 1 ? { vendor, kind: 'lose-answer' } : undefined;
    }
    return /_search/.test(command) ? { vendor, kind: 'html' } : undefined;
  });
  await enter(world, inxCreate);
  await world.run(isAt(world, 'blocked'));
  world.interfere(() => undefined);
  return world;
}

/** `point` answers with a failure as long as `broken` says so. */
function breaks(world: World, point: string, broken: () => boolean): void {
  world.life.alter = (at, result) => {
    if (at === point && broken()) throw new RenewdError('dns-failed', `out of order: ${point}`);
    return result;
  };
}

/** The answers of `point` get these fields instead, the first `times` times. */
function answers(world: World, point: string, fields: object, times: number): void {
  let left = times;
  world.life.alter = (at, result) => {
    if (at !== point || left === 0 || typeof result !== 'object' || result === null) return result;
    const status: unknown = 'status' in result ? result.status : undefined;
    if (point.endsWith(' read') && status !== 'issued') return result;
    left -= 1;
    return { ...result, ...fields };
  };
}

async function loseKey(world: World, lostAt: (createdAt: Date) => Date): Promise<void> {
  const { spkiSha256, createdAt } = await world.renewal('shop');
  const lost = { spkiSha256: spkiSha256 ?? '', certificate: 'shop', at: lostAt(createdAt), by: 'ada' };
  await world.store.recordCompromise([lost], [], []);
}

const never: MaintenanceWindow = { cron: '0 0 29 2 *', durationMs: hourMs, timezone: 'UTC' };
const nightly: MaintenanceWindow = { cron: '0 2 * * *', durationMs: 2 * hourMs, timezone: 'UTC' };

export const ways: readonly Way[] = [
  {
    title: 'the plain way, twice',
    passages: [
      'planned hold',
      'planned order-intended',
      'ordering order-accepted',
      'awaiting-dcv control-shown',
      'awaiting-issuance hold',
      'awaiting-issuance certificate-issued',
      'issued certificate-verified',
      'verified set-deployed',
      'deployed served-seen',
      'planned certificate-verified',
    ],
    async take() {
      const world = await start(flow('cnr', 'create', 'dns'), { issuanceDelayMs: minuteMs });
      await runToEnd(world);
      rmSync(`${world.directory}/tls/shop`, { recursive: true });
      await world.run(async () => (await world.renewal('shop')).action === 'deploy');
      await runToEnd(world);
      return world;
    },
  },
  {
    title: 'proved and issued before the answer',
    passages: ['awaiting-dcv certificate-issued'],
    async take() {
      const world = await start(flow('cnr', 'create', 'dns'), { wanted: { order: { immediate: true } } });
      await runToEnd(world);
      return world;
    },
  },
  {
    title: 'an order that asks for no proof',
    passages: ['ordering order-accepted-proved', 'awaiting-issuance challenges-changed'],
    async take() {
      const world = await createWorld();
      answers(world, 'cnr submit', { challenges: [] }, 1);
      await enter(world, flow('cnr', 'create', 'dns'));
      await runToEnd(world);
      return world;
    },
  },
  {
    title: 'an approver has mail',
    passages: ['planned needs-person', 'blocked released', 'awaiting-issuance hold'],
    async take() {
      const world = await start(inxCreate, { wanted: { dcv: { method: 'email' } } });
      await world.run(isAt(world, 'blocked'));
      const approver =
        /choose one of ([^ ,]+@[^ ,]+)/.exec((await world.renewal('shop')).failure?.message ?? '')?.[1] ?? '';
      await world.configure([{ ...inxCreate.wanted, dcv: { method: 'email', approver } }]);
      await world.run(async () => (await world.renewal('shop')).waitsFor !== null, { passEveryMs: hourMs });
      for (const { id } of world.sandbox.ca.orders()) world.sandbox.ca.approveByEmail(id);
      await runToEnd(world);
      return world;
    },
  },
  {
    title: 'refused before the order',
    passages: ['planned gave-up'],
    async take() {
      const world = await createWorld();
      let refuses = true;
      world.life.alter = (point, result) => {
        if (point !== 'inx prepare' || !refuses) return result;
        refuses = false;
        throw new RenewdError('provider-rejected', 'the CSR is refused');
      };
      await enter(world, inxCreate);
      await runToEnd(world);
      return world;
    },
  },
  {
    title: 'refused with the order',
    passages: ['ordering gave-up'],
    async take() {
      let sent = 0;
      const caRefuses = () => (sent === 1 ? 'CAA forbids it' : undefined);
      const world = await createWorld({ rrpproxy: { caRefuses } });
      world.onPassage = ({ to }) => {
        if (to === 'ordering') sent += 1;
      };
      await enter(world, cnrReissue);
      await world.run(isAt(world, 'failed'));
      sent += 1;
      await runToEnd(world);
      return world;
    },
  },
  {
    title: 'an account without funds',
    passages: ['ordering needs-person', 'blocked released'],
    async take() {
      const world = await createWorld();
      onOrder(world, 'code', '402');
      await enter(world, inxCreate);
      await runToEnd(world);
      return world;
    },
  },
  {
    title: 'a reseller that says "later"',
    passages: ['ordering order-not-applied'],
    async take() {
      const world = await createWorld({ injection: { point: 'cnr submit', call: 1, injury: 'failed' } });
      await enter(world, flow('cnr', 'create', 'dns'));
      await runToEnd(world);
      return world;
    },
  },
  {
    title: 'an answer that is lost',
    passages: ['ordering answer-lost', 'order-unconfirmed order-found'],
    async take() {
      const world = await createWorld();
      onOrder(world, 'lose-answer');
      await enter(world, inxCreate);
      await runToEnd(world);
      return world;
    },
  },
  {
    title: 'an order that is lost',
    passages: ['order-unconfirmed hold', 'order-unconfirmed order-absent'],
    async take() {
      const world = await createWorld();
      onOrder(world, 'drop-before');
      await enter(world, inxCreate);
      await runToEnd(world);
      return world;
    },
  },
  {
    title: 'nobody can tell, and a person names the order',
    passages: ['order-unconfirmed needs-person', 'blocked order-found'],
    async take() {
      const world = await ambiguous();
      const [order] = world.sandbox.vendors.get('internetx')?.simulator.invoices() ?? [];
      await say(world, { certificateId: order?.certificateId });
      await runToEnd(world);
      return world;
    },
  },
  {
    title: 'a person says that there is no order',
    passages: ['blocked order-absent'],
    async take() {
      const world = await ambiguous();
      for (const { id } of world.sandbox.ca.orders()) world.sandbox.ca.fail(id, 'withdrawn by hand');
      await say(world, { none: true });
      await world.run(async () => (await stateOf(world)) !== 'blocked');
      return world;
    },
  },
  {
    title: 'a person gives it up',
    passages: ['blocked gave-up'],
    async take() {
      const world = await ambiguous();
      await say(world, { cancel: true });
      await world.run(async () => (await stateOf(world)) !== 'blocked');
      return world;
    },
  },
  {
    title: 'taken out of the inventory while it waits for money',
    passages: ['blocked superseded'],
    async take() {
      const world = await start(inxCreate, { spend: { inx: { perMonthHundredths: 1 } } });
      await world.run(isAt(world, 'blocked'));
      await world.configure([]);
      await world.run(isAt(world, 'superseded'));
      return world;
    },
  },
  {
    title: 'its key is lost before the order',
    passages: ['planned superseded'],
    async take() {
      const world = await start(inxCreate);
      world.interfere((vendor) => ({ vendor, kind: 'html', status: 503 }));
      await world.run(async () => (await world.renewal('shop')).spkiSha256 !== null);
      await loseKey(world, () => world.clock.now());
      world.interfere(() => undefined);
      await runToEnd(world);
      return world;
    },
  },
  {
    title: 'evidence that cannot be seen at first, and then for too long',
    passages: ['awaiting-dcv hold', 'awaiting-dcv needs-person', 'blocked order-found'],
    async take() {
      const world = await createWorld({ issuanceDelayMs: 5 * hourMs });
      let broken = true;
      breaks(world, 'dns propagation', () => broken);
      await enter(world, cnrReissue);
      await world.run(isAt(world, 'blocked'));
      broken = false;
      await runToEnd(world);
      return world;
    },
  },
  {
    title: 'the CA gives up while evidence is missing',
    passages: ['awaiting-dcv gave-up'],
    async take() {
      const world = await createWorld({ issuanceDelayMs: hourMs });
      let broken = true;
      breaks(world, 'dns propagation', () => broken);
      await enter(world, inxCreate);
      await world.run(isAt(world, 'awaiting-dcv'));
      for (const { id } of world.sandbox.ca.orders()) world.sandbox.ca.fail(id, 'CAA forbids it');
      await world.run(isAt(world, 'failed'));
      broken = false;
      await runToEnd(world);
      return world;
    },
  },
  {
    title: 'the CA gives up while it is to issue',
    passages: ['awaiting-issuance gave-up'],
    async take() {
      const world = await start(inxCreate, { issuanceDelayMs: minuteMs });
      await world.run(isAt(world, 'awaiting-issuance'));
      for (const { id } of world.sandbox.ca.orders()) world.sandbox.ca.fail(id, 'CAA forbids it');
      await runToEnd(world);
      return world;
    },
  },
  {
    title: 'the certificate before is shown as the new one',
    passages: ['issued certificate-stale'],
    async take() {
      const world = await createWorld();
      const seeded = await world.seed(endingSoon);
      const { leafPem } = seeded.certificate;
      answers(world, 'cnr read', { leafPem, spkiSha256: undefined }, 1);
      await world.configure([cnrReissue.wanted]);
      await runToEnd(world);
      return world;
    },
  },
  {
    title: 'what is issued is no certificate',
    passages: ['issued needs-person', 'blocked order-found'],
    async take() {
      const world = await createWorld();
      answers(world, 'cnr read', { leafPem: 'nothing of the kind' }, 1);
      await enter(world, cnrReissue);
      await world.run(isAt(world, 'blocked'));
      const { certificateId } = await world.renewal('shop');
      await say(world, { certificateId });
      await runToEnd(world);
      return world;
    },
  },
  {
    title: 'a clock that is behind',
    passages: ['issued hold'],
    async take() {
      const world = await createWorld();
      world.onPassage = ({ to }) => {
        if (to === 'issued') world.skewMs = -2 * hourMs;
      };
      await enter(world, cnrReissue);
      await world.run(isAt(world, 'issued'));
      world.onPassage = () => undefined;
      world.skewMs = 0;
      await runToEnd(world);
      return world;
    },
  },
  {
    title: 'a window for deploying',
    passages: ['verified hold'],
    async take() {
      const world = await createWorld();
      await world.seed({ ...endingSoon, daysLeft: 20 });
      await world.configure([{ ...cnrReissue.wanted, windows: { deploy: [nightly] } }]);
      await runToEnd(world);
      return world;
    },
  },
  ...(['its key is lost while it waits', 'its key was lost before it began'] as const).map(
    (title, index): Way => ({
      title,
      passages: [index === 0 ? 'verified superseded' : 'verified needs-person'],
      async take() {
        const world = await createWorld();
        await world.seed({ ...endingSoon, daysLeft: 20 });
        await world.configure([{ ...cnrReissue.wanted, windows: { deploy: [never] } }]);
        await world.run(isAt(world, 'verified'));
        await loseKey(world, (createdAt) => new Date(createdAt.getTime() + (index === 0 ? hourMs : -hourMs)));
        await world.configure([cnrReissue.wanted]);
        await world.run(async () => (await stateOf(world)) !== 'verified');
        return world;
      },
    }),
  ),
  {
    title: 'a reload that fails, and a server that does not read',
    passages: ['verified deployment-undone', 'deployed deployment-undone'],
    async take() {
      const world = await createWorld();
      world.command.mood = 'fails';
      await enter(world, cnrReissue);
      await world.run(async () => (await failureOf(world)) === 'reload-failed');
      world.command.mood = 'sleeps';
      await world.run(async () => (await failureOf(world)) === 'not-served');
      world.command.mood = 'works';
      await runToEnd(world);
      return world;
    },
  },
  {
    title: 'a look at the service that fails',
    passages: ['deployed hold'],
    async take() {
      const world = await createWorld();
      let broken = true;
      breaks(world, 'delivery look', () => broken);
      await enter(world, flow('cnr', 'create', 'dns'));
      await world.run(async () => (await stateOf(world)) === 'deployed');
      broken = false;
      await runToEnd(world);
      return world;
    },
  },
  ...(['planned', 'blocked', 'awaiting-dcv', 'awaiting-issuance'] as const).map((state): Way => ({
    title: `a second provider takes over what is ${state}`,
    passages: [`${state} overtaken`],
    async take() {
      const world = await createWorld({
        spend: { inx: { ordersPerDay: 1 }, ...(state === 'blocked' ? { cnr: { ordersPerDay: 0 } } : {}) },
        ...(state === 'awaiting-issuance' ? { issuanceDelayMs: 300 * dayMs } : {}),
      });
      const point = state === 'planned' ? 'cnr prepare' : 'dns propagation';
      breaks(world, point, () => state === 'planned' || state === 'awaiting-dcv');
      await world.seed({ name: 'shop', daysLeft: 9, paidDays: state === 'blocked' ? 8 : 180 });
      const dcv = { method: 'dns', propagationTimeoutMs: 90 * dayMs } as const;
      await world.configure([{ name: 'shop', failover, dcv }]);
      await world.run(async () => (await stateOf(world)) === state && world.passages.length > 0);
      world.clock.advance(1.6 * dayMs);
      await world.run(async () => (await world.store.renewalsOf('shop', 1))[0]?.provider === 'inx', {
        steps: 4000,
        passEveryMs: hourMs,
      });
      return world;
    },
  })),
];
