/**
 * A whole world for the real driver: simulated resellers with their CA and name server, a web root, a TLS server, files
 * on disk and a SQLite store, all of them moved by one clock that stands still until it is told to go on. `restart`
 * throws away everything that lived in the process and begins anew on what is left, as after a power cut.
 */
import { rmSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import type { World, WorldOptions } from './world/contract.ts';
import { beginProcess, configureDriver, endProcess } from './world/process.ts';
import { plantSeed } from './world/seed.ts';
import { createSurroundings } from './world/surroundings.ts';
import { createTurns } from './world/turns.ts';
import { recordTexts } from './world/zones.ts';

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const opened: (() => unknown)[] = [];
  async function close(): Promise<void> {
    for (const closeOne of opened.splice(0).toReversed()) await closeOne();
  }
  onTestFinished(close);
  const surroundings = await createSurroundings(options, opened);
  const { clock, directory, keysDirectory, storePath, sandbox, stage, command, log } = surroundings;
  const queuedFault = sandbox.faults.take.bind(sandbox.faults);
  let current = await beginProcess(surroundings, options.injection);
  opened.push(() => endProcess(current));
  const recordsBefore = recordTexts(sandbox);
  const turns = createTurns(surroundings, () => current);

  /** `between`: what happens to the machine while nothing runs on it. */
  async function beginAnew(
    between: () => void | Promise<void> = () => undefined,
    injection?: WorldOptions['injection'],
  ): Promise<void> {
    await endProcess(current);
    await between();
    turns.passSoon();
    current = await beginProcess(surroundings, injection);
  }

  function dropStore(): void {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${storePath}${suffix}`, { force: true });
  }

  return {
    clock,
    directory,
    keysDirectory,
    webroot: surroundings.webroot,
    sandbox,
    stage,
    command,
    lines: log.lines,
    leaks: log.leaks,
    recordsBefore,
    get driver() {
      return current.driver;
    },
    get store() {
      return current.store;
    },
    get life() {
      return current.life;
    },
    get responderPort() {
      if (surroundings.responderPort === undefined) throw new Error('there is no responder');
      return surroundings.responderPort;
    },
    passages: surroundings.passages,
    disk: surroundings.disk,
    get onPassage() {
      return surroundings.onPassage;
    },
    set onPassage(listener) {
      surroundings.onPassage = listener;
    },
    get skewMs() {
      return surroundings.skewMs;
    },
    set skewMs(ms) {
      surroundings.skewMs = ms;
    },
    get configuration() {
      return surroundings.configuration;
    },
    managed(name) {
      const found = surroundings.configuration.certificates.find((managed) => managed.name === name);
      if (found === undefined) throw new Error(`no certificate ${name}`);
      return found;
    },
    async configure(wanted, spend) {
      surroundings.write(wanted, spend);
      current.providers.configure(surroundings.configuration.providers);
      await configureDriver(current, surroundings);
      turns.passSoon();
    },
    seed: (seed) => plantSeed(seed, surroundings),
    restart: (injection) => beginAnew(undefined, injection),
    loseStore: () => beginAnew(dropStore),
    storePath,
    moveToNewMachine: (restore) =>
      beginAnew(async () => {
        dropStore();
        rmSync(keysDirectory, { recursive: true, force: true });
        for (const { deploy } of surroundings.configuration.certificates) {
          for (const { directory: deployed } of deploy) rmSync(deployed, { recursive: true, force: true });
        }
        await restore();
      }),
    step: turns.step,
    run: turns.run,
    runToRest: turns.runToRest,
    async renewal(name) {
      const [newest] = await current.store.renewalsOf(name, 1);
      if (newest === undefined) throw new Error(`no renewal of ${name}; ${await turns.story()}`);
      return newest;
    },
    records: () => recordTexts(sandbox),
    interfere(choose) {
      sandbox.faults.take = (vendor, command) => choose(vendor, command) ?? queuedFault(vendor, command);
    },
    close,
  };
}
