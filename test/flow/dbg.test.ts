import { test } from 'vitest';
import { createWorld } from '../builders/world.ts';
test('dbg', async () => {
  for (let i = 0; i < 12; i++) {
  const t0 = performance.now();
  const world = await createWorld();
  const t1 = performance.now();
  await world.configure([{ name: 'blog', provider: 'inx', dcv: { method: 'file', publisher: 'web' } }]);
  await world.runToRest();
  const t2 = performance.now();
  await world.close();
  console.log(Math.round(t1 - t0), Math.round(t2 - t1), Math.round(performance.now() - t2));
  }
});
