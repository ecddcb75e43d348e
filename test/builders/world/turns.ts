/** The daemon's loop of a simulated world: a turn of everybody's work, then the clock moves on to what comes next. */
import { minuteMs } from '../../../src/core/durations.ts';
import type { RunLimits, World } from './contract.ts';
import type { Process } from './process.ts';
import type { Surroundings } from './surroundings.ts';

const shortestStepMs = 5;
const usualPassEveryMs = 5 * minuteMs;

export interface Turns extends Pick<World, 'step' | 'run' | 'runToRest'> {
  /** The next turn is a pass: the configuration or the process is new. */
  passSoon(): void;
  /** What is going on, for the message of a test that fails. */
  story(): Promise<string>;
}

export function createTurns(surroundings: Surroundings, current: () => Process): Turns {
  const { clock, sandbox } = surroundings;
  let passedAtMs = Number.NEGATIVE_INFINITY;

  /** As the daemon's loop does it: a pass that fails is tried again a second later. */
  async function turn(passEveryMs: number): Promise<void> {
    const { driver } = current();
    const nowMs = clock.now().getTime();
    try {
      if (nowMs - passedAtMs >= passEveryMs || nowMs < passedAtMs) {
        await driver.pass();
        passedAtMs = nowMs;
      } else await driver.advanceDue();
    } catch {
      passedAtMs = Number.NEGATIVE_INFINITY;
      clock.advance(1000);
    }
    await driver.idle();
    await sandbox.tick();
    if (current().life.repeats)
      for (const [id, { simulator }] of sandbox.vendors) if (id !== 'resello') simulator.redeliverLastEvent();
  }

  function moveOn(passEveryMs: number): void {
    const nowMs = clock.now().getTime();
    const wakeMs = (current().driver.nextWake()?.getTime() ?? Number.POSITIVE_INFINITY) - surroundings.skewMs;
    const untilMs = Math.min(
      wakeMs,
      passedAtMs === Number.NEGATIVE_INFINITY ? nowMs : passedAtMs + passEveryMs,
    );
    clock.advance(Math.max(untilMs - nowMs, shortestStepMs));
  }

  async function run(
    until: () => boolean | Promise<boolean>,
    { steps = 300, passEveryMs = usualPassEveryMs }: RunLimits = {},
  ): Promise<void> {
    for (let taken = 0; taken < steps; taken += 1) {
      await turn(passEveryMs);
      if (current().life.dead) return;
      if (await until()) return;
      moveOn(passEveryMs);
    }
    throw new Error(`not reached in ${steps} steps, ${await story()}`);
  }

  function isResting(): boolean {
    return current()
      .driver.entries()
      .every(
        ({ open, dirty, decision }) =>
          !dirty &&
          decision !== undefined &&
          (open === undefined
            ? decision.action === 'none' || decision.action === 'blocked'
            : open.state === 'blocked' && open.nextAt === null),
      );
  }

  async function story(): Promise<string> {
    const { store } = current();
    const open = await store.openRenewals();
    const ledger = await store.ledger({ limit: 1000 });
    return [
      `at ${clock.now().toISOString()}`,
      ...current()
        .driver.entries()
        .map(
          ({ managed, decision }) =>
            `${managed.name}: ${decision?.action} ${decision?.reason}: ${decision?.sentence}`,
        ),
      ...open.map(
        (one) => `open: ${one.certificate} ${one.action} ${one.state} next ${one.nextAt?.toISOString()}`,
      ),
      ...ledger
        .slice(-15)
        .map(
          ({ at, certificate, subject, text }) => `  ${at.toISOString()} ${certificate} ${subject}: ${text}`,
        ),
      ...surroundings.log.lines.filter((line) => /"level":"(warn|error)"/.test(line)).slice(-8),
    ].join('\n');
  }

  return {
    passSoon() {
      passedAtMs = Number.NEGATIVE_INFINITY;
    },
    async step() {
      await turn(usualPassEveryMs);
      moveOn(usualPassEveryMs);
    },
    run,
    async runToRest(limits) {
      let atRest = 0;
      await run(() => {
        // Twice: what was published is withdrawn in the turn after.
        atRest = isResting() ? atRest + 1 : 0;
        return atRest > 1;
      }, limits);
    },
    story,
  };
}
