/**
 * The clock of renewd's host goes wrong while everybody else's goes on: it jumps when a renewal comes into each of its
 * states, and is put right a little later.
 */
import { describe, expect, test } from 'vitest';
import { dayMs, minuteMs } from '../../src/core/durations.ts';
import { assertWorld, ordersByKey } from '../builders/assert-world.ts';
import { createWorld } from '../builders/world.ts';
import { isChosen, troubleWith } from './choice.ts';
import { flow, type Flow } from './flows.ts';
import { comesInto, states, type OpenState } from './moments.ts';
import { allOf, assertServedOnce, enter, runToEnd } from './run.ts';

const jumps = [
  { by: 'a year back', jumpMs: -365 * dayMs },
  { by: 'a day back', jumpMs: -dayMs },
  { by: 'ten minutes back', jumpMs: -10 * minuteMs },
  { by: 'ten minutes forward', jumpMs: 10 * minuteMs },
  { by: 'a day forward', jumpMs: dayMs },
  { by: 'a year forward', jumpMs: 365 * dayMs },
] as const;

const given: Flow = flow('cnr', 'renew', 'dns');
const turns = 6;

async function run(state: OpenState, jumpMs: number): Promise<void> {
  const world = await createWorld(given.options);
  try {
    const reached = comesInto(world, state, () => {
      world.skewMs = jumpMs;
    });
    await enter(world, given);
    await world.run(reached);
    for (let turn = 0; turn < turns; turn += 1) await world.step();
    world.skewMs = 0;
    if (jumpMs <= dayMs) {
      await runToEnd(world);
      await assertServedOnce(world, given);
      return;
    }
    // By the host's clock every certificate has ended and every order lapsed: limits of spending are what holds it then.
    // What can be said is that no order is sent twice, and that there is a good certificate in the end.
    await runToEnd(world);
    const [newest] = await world.store.renewalsOf(given.wanted.name, 1);
    expect(newest?.state, newest?.failure?.message).toBe('served');
    for (const count of ordersByKey(world).values()) expect(count).toBe(1);
    await assertWorld(world);
  } finally {
    await world.close();
  }
}

describe.each(jumps)('$by', { timeout: 1_800_000 }, ({ by, jumpMs }) => {
  test('in every state', async () => {
    const cells = states.map((state) => ({ state, label: `${by} once it is ${state}` }));
    const chosen = cells.filter(({ label }) => isChosen(label, 2));
    const troubles = await allOf(chosen, ({ state, label }) =>
      troubleWith(label, 'clock', () => run(state, jumpMs)),
    );
    expect(troubles.filter((one) => one !== undefined).join('\n\n')).toBe('');
  });
});
