import { startWorker } from './child.ts';
import { installPackage } from './world/package.ts';
import { writeInventory, benchEnvironment } from './world/inventory.ts';
import { existsSync, mkdirSync } from 'node:fs';
import { deploySets, directoryOf } from './world/certificates.ts';
import type { handlers as F } from './workers/floor.ts';
import type { handlers as P } from './workers/passes.ts';
const dir = '/tmp/benchw';
mkdirSync(dir, { recursive: true });
if (!existsSync(`${dir}/sets`)) deploySets(`${dir}/sets`, 10000, new Date());
if (!existsSync(`${dir}/package`) || process.argv[2] === 'build') { (await import('node:fs')).rmSync(`${dir}/package`, { recursive: true, force: true }); installPackage(dir); }
for (const count of [100, 1000, 10000]) {
  const paths = Array.from({ length: count }, (_, i) => `${directoryOf(`${dir}/sets`, i)}/fullchain.pem`);
  const config = writeInventory({ directory: `${dir}/config-${count}`, sets: `${dir}/sets`, count });
  const env = { ...process.env, ...benchEnvironment };
  for (let round = 0; round < 3; round++) {
    const f = startWorker<typeof F>('floor');
    const x = await f.ask('x509', paths);
    await f.stop();
    const w = startWorker<typeof P>('passes', [`${dir}/package`, config], env);
    const o = await w.ask('open', { fresh: true });
    const a = await w.ask('pass');
    console.log(count, 'floor', x.toFixed(1), 'first', a, (a.ms / x).toFixed(2), o);
    if (round === 2) {
      const f = startWorker<typeof F>('floor');
      for (let i = 0; i < 5; i++) {
        const s = await f.ask('stat', paths);
        const b = await w.ask('pass');
        console.log(count, 'stat', s.toFixed(2), 'unchanged', b.ms.toFixed(2), 'cpu', b.cpuMs.toFixed(1), (b.ms / s).toFixed(2), b.maxDelayMs.toFixed(1));
      }
      await f.stop();
    }
    await w.stop();
  }
}
