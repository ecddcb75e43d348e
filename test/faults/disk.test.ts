/**
 * A disk that is full, read-only or closed to us, from the moment at which a renewal comes into each of its states: nothing
 * is torn and nothing bought twice meanwhile, and once it is mended everything goes on by itself.
 */
import { describe, expect, test } from 'vitest';
import { hourMs, secondMs } from '../../src/core/durations.ts';
import { diskErrors, type DiskError } from '../builders/disk-trouble.ts';
import { createWorld } from '../builders/world.ts';
import { isChosen, troubleWith } from './choice.ts';
import { flow, type Flow } from './flows.ts';
import { comesInto, states, type OpenState } from './moments.ts';
import { allOf, assertServedOnce, assertSetsOnceComplete, enter, runToEnd } from './run.ts';

const places = ['files', 'store', 'everything'] as const;
type Place = (typeof places)[number];

const flows: readonly Flow[] = [flow('inx', 'renew', 'file'), flow('cnr', 'reissue', 'dns')];

async function run(given: Flow, state: OpenState, error: DiskError, place: Place): Promise<void> {
  const world = await createWorld(given.options);
  try {
    const { disk } = world;
    const reached = comesInto(world, state, () => {
      disk.error = error;
      // A receipt that is written while the set cannot be read says so, truthfully, for ever: not what is asked here.
      disk.hits = (path) => place !== 'store' && (state !== 'deployed' || !path.includes('/tls/'));
      disk.hitsStore = place !== 'files';
    });
    await enter(world, given);
    await world.run(reached);
    // What is blocked for want of money is not touched for an hour.
    const lastsMs = (state === 'blocked' ? hourMs : 0) + 30 * secondMs;
    const untilMs = world.clock.now().getTime() + lastsMs;
    await world.run(() => world.clock.now().getTime() > untilMs);
    const leastRefusals = place === 'files' ? 0 : 1;
    expect(disk.refusals, 'writes that were refused').toBeGreaterThanOrEqual(leastRefusals);
    assertSetsOnceComplete(world);
    disk.error = undefined;
    await runToEnd(world);
    await assertServedOnce(world, given);
  } finally {
    await world.close();
  }
}

const cells = flows.flatMap((given) =>
  states.flatMap((state) =>
    diskErrors.flatMap((error) =>
      places.map((place) => {
        const label = `${given.title}: ${error} for ${place} once it is ${state}`;
        return { given, state, error, place, label };
      }),
    ),
  ),
);

describe.each(diskErrors)('%s', { timeout: 1_800_000 }, (error) => {
  test('in every state, mended half a minute later', async () => {
    const chosen = cells.filter((one) => one.error === error && isChosen(one.label, 6));
    const troubles = await allOf(chosen, ({ label, given, state, place }) =>
      troubleWith(label, 'disk', () => run(given, state, error, place)),
    );
    expect(troubles.filter((one) => one !== undefined).join('\n\n')).toBe('');
  });
});
