import { expect, test } from 'vitest';
import { createWorld } from '../builders/world.ts';

test('create', async () => {
  const t0 = performance.now();
  const world = await createWorld();
  const t1 = performance.now();
  await world.configure([{ name: 'shop' }, { name: 'blog', provider: 'inx', dcv: { method: 'file', publisher: 'web' } }]);
  await world.runToRest();
  const t2 = performance.now();
  console.log(t1 - t0, t2 - t1);
  console.log(world.life.calls.map((c) => `${c.point} ${c.call}`).join('\n'));
  expect((await world.renewal('shop')).state).toBe('served');
  expect((await world.renewal('blog')).state).toBe('served');
});
