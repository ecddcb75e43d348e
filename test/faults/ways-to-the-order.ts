/** Ways through the state table around the order: the plain one, and what goes wrong until the provider has it. */
import { rmSync } from 'node:fs';
import { hourMs, minuteMs } from '../../src/core/durations.ts';
import { RenewdError } from '../../src/core/errors.ts';
import { createWorld } from '../builders/world.ts';
import { flow } from './flows.ts';
import { enter, runToEnd } from './run.ts';
import {
  stateOf,
  isAt,
  say,
  start,
  onOrder,
  inxCreate,
  cnrReissue,
  ambiguous,
  answers,
  loseKey,
  type Way,
} from './way.ts';

export const waysToTheOrder: readonly Way[] = [
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
];
