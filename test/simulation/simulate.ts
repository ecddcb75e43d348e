/**
 * One run: an inventory, its resellers, servers and weather, and renewd in the middle, over years of virtual time. The
 * first promise that is broken ends it.
 */
import { mkdtempSync, existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Configuration } from '../../src/core/certificate.ts';
import { dayMs, hourMs, secondMs } from '../../src/core/durations.ts';
import { openSqliteStore } from '../../src/store/sqlite/index.ts';
import { createChance } from './chance.ts';
import { createDisk } from './disk.ts';
import { createEyes } from './eyes.ts';
import { createInventory } from './inventory.ts';
import { watchArrivals } from './arrivals.ts';
import { startLoop, type Loop } from './daemon-loop.ts';
import { createKeyMaker } from './keys.ts';
import { createJournal, journalLogger } from './journal.ts';
import { startMachine, type Machine, type Seams } from './machine.ts';
import type { Life } from './mortal.ts';
import { createNetwork } from './network.ts';
import { startOperator } from './operator.ts';
import { createRevocationList } from './revocation-list.ts';
import { createPairs, createServers } from './servers.ts';
import type { Report, SimulationOptions } from './settings.ts';
import { createTimeline } from './timeline.ts';
import { layWire } from './undici.ts';
import { openMarket, webroot } from './vendors.ts';
import { createWatch } from './watch.ts';
import { startWeather } from './weather.ts';

/** Before every step of the calendar but the first. */
export const simulationStart = new Date('2026-10-01T08:00:00Z');
const keysDirectory = '/srv/keys';
/** Between two words about how far it is. */
const monthMs = 30 * dayMs;

export async function simulate(options: SimulationOptions): Promise<Report> {
  const { seed, certificates = 12, years = 3, plant } = options;
  const realStart = process.hrtime.bigint();
  const endMs = simulationStart.getTime() + years * 365.25 * dayMs;
  const directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'renewd-simulation-'));
  const storePath = `${directory}/renewd.db`;
  const chance = createChance(seed);
  const timeline = createTimeline(simulationStart);
  const journal = createJournal(() => timeline.now(), options.write);
  const disk = createDisk(() => timeline.nowMs);
  const pairs = createPairs();
  for (const path of [webroot, '/srv/tls']) disk.makeDirectory(path, { mode: 0o755 });
  disk.syncDirectory('/srv');
  const market = await openMarket(timeline, chance.stream('market'), disk);
  market.zones.greedy = plant?.world === 'greedy-withdrawal';
  const network = createNetwork(timeline, chance.stream('network'), journal, market.vendors);
  const servers = createServers(disk, chance.stream('servers'), journal, () => timeline.nowMs, pairs);
  const makeKeyPem = createKeyMaker(chance.stream('keys'));
  const inventory = createInventory({
    chance: chance.stream('inventory'),
    market,
    disk,
    servers,
    timeline,
    makeKeyPem,
  });
  const configuration = (): Configuration => inventory.configuration(storePath, keysDirectory);
  // A command line is another process, with a connection of its own.
  const desk = await openSqliteStore(storePath, { create: true });
  let machine: Machine | undefined;
  let restarts = 0;
  let renewals = 0;

  const weather = startWeather({
    storm: options.storm ?? false,
    timeline,
    chance: chance.stream('weather'),
    journal,
    market,
    servers,
    disk,
    inventory,
    reconfigured: () => reconfigure(),
    restart: (how) => restart(how),
  });
  const watch = createWatch({
    timeline,
    journal,
    disk,
    market,
    servers,
    pairs,
    keysDirectory,
    inventory: () => inventory.certificates,
    limitsOf: (vendor) => inventory.limitsOf(vendor),
    store: () => machine?.bareStore,
    longestCalmMs: (managed, fromMs, toMs) => weather.longestCalmMs(managed, fromMs, toMs),
  });
  weather.foreign = (record) => watch.foreign(record);
  weather.revoked = (serial, certificate) => watch.revokedByCa(serial, certificate);
  network.failed = (text) => watch.violate('simulation', text);
  const arrivals = watchArrivals({ timeline, journal, network, market, watch, weather });

  const logger = journalLogger(journal);

  /** Every effect of a process of renewd passes here. */
  function newLife(): Life & { kill(): void; mend(): void } {
    const draws = chance.stream(`life ${restarts}`);
    let alive = true;
    let immune = true;
    return {
      get alive() {
        return alive;
      },
      befalls(point) {
        if (
          immune ||
          !/^store (update|create|save|mark|make|append)|^files (write|rename|sym|sync|make|remove)/.test(
            point,
          )
        )
          return undefined;
        if (!draws.happens(weather.roughness)) return undefined;
        const injury = draws.pick(['failed', 'unanswered', 'crashed'] as const);
        journal.fault('injury', point, injury);
        // What it was told to wait for may not have been written down.
        arrivals.forgetWaiting();
        return injury;
      },
      die(why) {
        if (!alive) return;
        alive = false;
        journal.fault('crash', why);
        weather.downUntil(timeline.nowMs + chance.between(1, 60) * secondMs, 'killed');
      },
      kill() {
        alive = false;
      },
      mend() {
        immune = false;
      },
    };
  }

  const eyes = createEyes({
    chance: chance.stream('mix-ups'),
    journal,
    market,
    watch,
    store: () => machine?.bareStore,
    mixUpRate: options.storm === true ? 0.05 : 0.004,
  });

  let life = newLife();
  let loop: Loop | undefined;

  async function begin(): Promise<void> {
    life = newLife();
    arrivals.forgetWaiting();
    const mine = life;
    const clock = timeline.clock(() => mine.alive);
    const draws = chance.stream(`process ${restarts}`);
    const planted: Partial<Seams> =
      plant?.seams({ timeline, chance: draws.stream('plant'), makeKeyPem, storePath }) ?? {};
    const started = await startMachine({
      timeline,
      clock,
      chance: draws,
      life: mine,
      storePath,
      keysDirectory,
      makeKeyPem,
      files: disk,
      processes: servers.processes,
      delivery: servers.delivery(clock, () => market.ca.rootPem),
      revocation: createRevocationList(market, clock, draws.stream('revocation list'), journal),
      dns: market.zones.view,
      dnsPublisher: {
        id: 'simulated',
        displayName: 'the simulated name server',
        kind: 'dns',
        create: () => Promise.resolve(market.zones.publisher(clock, draws.stream('dns'))),
      },
      logger,
      observer: {
        begun({ certificate, action, reason, id }) {
          renewals += 1;
          journal.note('begun', certificate, action, reason, id);
        },
        transition(before, after, outcome) {
          if (!mine.alive) return;
          const { certificate, state, failure, id } = after;
          if (before.state !== state || failure !== null)
            journal.note('state', certificate, id, before.state, outcome.event, state, failure?.code);
          if (failure !== null && failure.message !== before.failure?.message)
            journal.aside(`${certificate}: ${failure.message}`);
          watch.transition(after);
        },
      },
      environment: inventory.environment,
      seams: planted,
      eyes,
      configuration,
    });
    machine = started;
    await started.configure();
    mine.mend();
    loop = startLoop({
      driver: started.driver,
      timeline,
      passMs,
      isAlive: () => mine.alive,
      afterPass: () => watch.afterPass(started.driver),
    });
  }

  const passMs = chance.stream('schedule').between(20, 30) * hourMs;

  async function reconfigure(): Promise<void> {
    if (machine === undefined || !life.alive) return;
    const mine = life;
    await machine
      .reconfigure()
      .catch(() => mine.alive && weather.downUntil(timeline.nowMs + secondMs, 'stopped'));
    loop?.passSoon();
  }

  async function restart(how: 'stopped' | 'killed' | 'power-cut'): Promise<void> {
    if (machine === undefined) return begin();
    const old = machine;
    const oldLife = life;
    loop?.stop();
    if (how === 'stopped' && life.alive) {
      old.driver.stop();
      machine = undefined;
      void old.driver.idle().then(() =>
        timeline.at(timeline.nowMs, async () => {
          oldLife.kill();
          await old.close();
          await again(how);
        }),
      );
      return;
    }
    oldLife.kill();
    machine = undefined;
    await old.close();
    if (how === 'power-cut') {
      disk.cutPower(chance.stream(`power ${restarts}`));
      servers.restart();
    }
    await again(how);
  }

  async function again(how: string): Promise<void> {
    restarts += 1;
    journal.note('start', how, restarts);
    watch.restarted();
    await begin();
  }

  const { performance: realPerformance } = globalThis;
  const realNow = realPerformance.now.bind(realPerformance);
  let events = 0;
  let persons = 0;
  let tellAtMs = simulationStart.getTime() + monthMs;
  try {
    layWire(network);
    // The driver yields after so many real milliseconds; how fast this machine is must not decide what happens.
    realPerformance.now = () => 0;
    await inventory.populate(certificates);
    await begin();
    weather.begin();
    const operator = startOperator({
      timeline,
      chance: chance.stream('operator'),
      journal,
      store: desk,
      machine: () => (life.alive ? machine : undefined),
      market,
      wanted: (certificate) => watch.wanted(certificate),
      lost: (compromise, certificate) => watch.lost(compromise, certificate),
      lossRate: options.storm === true ? 1 / 12 : 1 / 60,
      isPressing: (certificate) => watch.isPressing(certificate),
      raiseLimits: (provider) => inventory.raiseLimits(provider),
      moveToApi2: (certificate) => inventory.moveToApi2(certificate),
      reconfigure,
    });
    inventory.changed = reconfigure;
    inventory.wanted = (certificate) => watch.wanted(certificate);
    inventory.released = (certificate) => watch.released(certificate);
    while (watch.violation === undefined && (await timeline.step(endMs))) {
      events += 1;
      watch.look();
      if (timeline.nowMs < tellAtMs) continue;
      options.progress?.(timeline.now());
      tellAtMs = timeline.nowMs + monthMs;
    }
    persons = operator.asked;
    if (watch.violation === undefined) await watch.audit(desk);
  } finally {
    realPerformance.now = realNow;
    layWire(undefined);
    loop?.stop();
    life.kill();
    await machine?.close();
    await desk.close();
    rmSync(directory, { recursive: true, force: true });
  }
  return {
    seed,
    violation: watch.violation,
    digest: journal.digest(),
    events,
    requests: network.requests,
    faults: journal.faults,
    certificateYears: certificates * years,
    renewals,
    paidOrders: watch.paidOrders,
    restarts,
    excused: watch.excused,
    persons,
    realMs: Number((process.hrtime.bigint() - realStart) / 1_000_000n),
  };
}
