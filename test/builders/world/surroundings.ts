/** What outlives a process of renewd: the machine with its disk and clock, the resellers, servers, the configuration. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, Random } from '../../../src/contracts/platform.ts';
import type { Configuration } from '../../../src/core/certificate.ts';
import { startFullSandbox } from '../../../src/sandbox/start.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { createMetrics, type Metrics } from '../../../src/status/metrics.ts';
import { createDiskTrouble, type DiskTrouble } from '../disk-trouble.ts';
import { inventoryEntry, type Limits, type Place, type Wanted } from '../inventory.ts';
import { reloadCommand, startTlsStage, type ReloadCommand, type TlsStage } from '../tls-stage.ts';
import { worldClock, type WorldClock } from '../world-clock.ts';
import { configurationOf, secrets, type Paths } from './configuration.ts';
import type { Passage, WorldOptions } from './contract.ts';
import { captureLog, type Log } from './log.ts';
import { seededRandom } from './random.ts';
import { startWebServer } from './web-server.ts';
import { otherZone, zone } from './zones.ts';

export interface Surroundings extends Paths {
  readonly options: WorldOptions;
  readonly clock: WorldClock;
  /** As the machine has it that renewd runs on. */
  readonly hostClock: Clock;
  readonly random: Random;
  readonly disk: DiskTrouble;
  readonly stage: TlsStage;
  readonly command: ReloadCommand;
  readonly sandbox: Sandbox;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly place: Place;
  readonly passages: Passage[];
  onPassage: (passage: Passage) => void;
  skewMs: number;
  configuration: Configuration;
  spend: Limits;
  /** Where the built-in responder of the newest process listens. */
  responderPort: number | undefined;
  /** Puts these into the inventory, in place of what was in it. */
  write(wanted: readonly Wanted[], spend?: Limits): void;
}

/** A moment with no rule change for months on either side. */
export const worldStart = new Date('2026-12-01T12:00:00Z');

/** In memory where that can be had: tens of thousands of files are synced in these tests. */
function worldDirectory(base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()): string {
  return mkdtempSync(join(base, 'renewd-world-'));
}

/** `opened` gets what has to be closed, in the order in which it was opened. */
export async function createSurroundings(
  options: WorldOptions,
  opened: (() => unknown)[],
): Promise<Surroundings> {
  const clock = worldClock(options.start ?? worldStart);
  const directory = worldDirectory(options.base);
  const paths: Paths = {
    directory,
    keysDirectory: `${directory}/keys`,
    webroot: `${directory}/web`,
    storePath: `${directory}/renewd.db`,
  };
  const rootPath = `${directory}/root.pem`;
  opened.push(() => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(paths.webroot);
  mkdirSync(`${directory}/tls`);

  const stage = await startTlsStage();
  opened.push(() => stage.close());
  const web = await startWebServer(paths.webroot);
  opened.push(() => web.close());
  const sandbox = await startFullSandbox({
    clock,
    zones: [zone, otherZone],
    tickMs: 0,
    httpPortMap: (host) =>
      surroundings.configuration.certificates.find(({ names }) => names.includes(host.replace(/^www\./, '')))
        ?.dcv.publisher === 'web'
        ? web.port
        : surroundings.responderPort,
    ...(options.issuanceDelayMs === undefined ? {} : { issuanceDelayMs: options.issuanceDelayMs }),
    ...(options.rrpproxy === undefined ? {} : { rrpproxy: options.rrpproxy }),
    ...(options.internetx === undefined ? {} : { internetx: options.internetx }),
    ...(options.hexonet === undefined ? {} : { hexonet: options.hexonet }),
    ...(options.resello === undefined ? {} : { resello: options.resello }),
  });
  opened.push(() => sandbox.close());
  writeFileSync(rootPath, sandbox.ca.rootPem);

  const spend = options.spend ?? {};
  const place: Place = { directory, tlsPort: stage.port, rootPath };
  const surroundings: Surroundings = {
    ...paths,
    options,
    clock,
    hostClock: {
      now: () => new Date(clock.now().getTime() + surroundings.skewMs),
      sleep: (ms, signal) => clock.sleep(ms, signal),
    },
    random: seededRandom(1),
    disk: createDiskTrouble(),
    stage,
    command: reloadCommand(stage),
    sandbox,
    log: await captureLog(secrets),
    metrics: createMetrics('test'),
    place,
    passages: [],
    onPassage: () => undefined,
    skewMs: 0,
    configuration: configurationOf([], spend, paths, sandbox, options),
    spend,
    responderPort: undefined,
    write(wanted, limits = surroundings.spend) {
      surroundings.spend = limits;
      surroundings.configuration = configurationOf(
        wanted.map((one) => inventoryEntry(one, place)),
        limits,
        paths,
        sandbox,
        options,
      );
    },
  };
  return surroundings;
}
