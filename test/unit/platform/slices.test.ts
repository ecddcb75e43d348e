import { expect, test } from 'vitest';
import { createSlices } from '../../../src/platform/slices.ts';

function workFor(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('whoever works on and on lets everything else have its turn, in order', async () => {
  const slices = createSlices();
  const done: string[] = [];
  let turns = 0;
  let counting = true;
  const count = (): void => {
    turns += 1;
    if (counting) setImmediate(count);
  };
  setImmediate(count);
  await Promise.all(
    ['first', 'second', 'third', 'fourth'].map(async (name) => {
      for (let step = 0; step < 2; step += 1) {
        if (slices.isOver()) await slices.next();
        workFor(10);
        done.push(`${name} ${step}`);
      }
    }),
  );
  counting = false;
  expect(done).toEqual([
    'first 0',
    'second 0',
    'third 0',
    'fourth 0',
    'first 1',
    'second 1',
    'third 1',
    'fourth 1',
  ]);
  expect(turns).toBeGreaterThanOrEqual(done.length - 1);
});

test('a slice ends by itself', async () => {
  const slices = createSlices();
  expect(slices.isOver()).toBe(true);
  await slices.next();
  workFor(9);
  expect(slices.isOver()).toBe(true);
});
