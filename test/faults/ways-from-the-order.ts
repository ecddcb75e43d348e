/** Ways through the state table once the provider has the order: proof, certificate, deployment, and a second provider. */
import { dayMs, hourMs, minuteMs } from '../../src/core/durations.ts';
import { createWorld } from '../builders/world.ts';
import { flow } from './flows.ts';
import { enter, runToEnd } from './run.ts';
import {
  endingSoon,
  failover,
  stateOf,
  failureOf,
  isAt,
  say,
  start,
  inxCreate,
  cnrReissue,
  breaks,
  answers,
  loseKey,
  never,
  nightly,
  type Way,
} from './way.ts';

export const waysFromTheOrder: readonly Way[] = [
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
