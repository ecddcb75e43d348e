/** Passes over healthy certificates: the first, which reads everything, and those after it, which find nothing changed. */
import { spawnSync } from 'node:child_process';
import { counted, type Bench } from '../bench.ts';
import { startWorker } from '../child.ts';
import { median, ms, pairedRatio } from '../report.ts';
import { directoryOf } from '../world/certificates.ts';
import { writeInventory } from '../world/inventory.ts';
import type { handlers as floorHandlers } from '../workers/floor.ts';
import type { handlers as passHandlers, PassFigures } from '../workers/passes.ts';

const unchangedRounds = 9;
const opensslSample = 100;

export async function measurePasses(bench: Bench): Promise<void> {
  for (const count of bench.sizes) await measureSize(bench, count);
}

async function measureSize(bench: Bench, count: number): Promise<void> {
  const { directory, sets, root, env } = bench;
  const paths = Array.from({ length: count }, (_, index) => `${directoryOf(sets, index)}/fullchain.pem`);
  const config = writeInventory({ directory: `${directory}/passes-${count}`, sets, count });
  const rounds = bench.rounds(count);
  const first: PassFigures[] = [];
  const firstFloors: { ms: number; cpuMs: number }[] = [];
  const configure: number[] = [];
  const unchanged: PassFigures[] = [];
  const stats: { ms: number; cpuMs: number }[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    bench.say(`passes over ${count}: round ${round} of ${rounds}`);
    // Each in a new process: what has to be compiled first counts on both sides.
    const floor = startWorker<typeof floorHandlers>('floor');
    firstFloors.push(await floor.ask('x509', paths));
    const worker = startWorker<typeof passHandlers>('passes', [root, config], env);
    configure.push((await worker.ask('open')).configureMs);
    first.push(await worker.ask('pass'));
    const passes = round === rounds ? unchangedRounds : 0;
    for (let pass = 0; pass < passes; pass += 1) {
      stats.push(await floor.ask('stat', paths));
      unchanged.push(await worker.ask('pass'));
    }
    await worker.ask('close');
    await worker.stop();
    await floor.stop();
  }
  const pick = (figures: readonly { ms: number }[]): number[] => figures.map((figure) => figure.ms);
  const cpu = (figures: readonly { cpuMs: number }[]): number[] => figures.map((figure) => figure.cpuMs);
  const isLarge = count >= 10_000;
  const firstRatio = pairedRatio(pick(first), pick(firstFloors));
  bench.add({
    what: `first pass, ${counted(count)}`,
    figure: ms(median(pick(first))),
    floor: `${ms(median(pick(firstFloors)))} (X509Certificate)`,
    ratio: firstRatio,
    ...(isLarge ? { goal: ['≤ 2 ×', firstRatio <= 2] } : {}),
  });
  bench.add({
    what: '… its CPU time',
    figure: ms(median(cpu(first))),
    floor: `${ms(median(cpu(firstFloors)))} (X509Certificate)`,
    ratio: pairedRatio(cpu(first), cpu(firstFloors)),
  });
  const ratio = pairedRatio(pick(unchanged), pick(stats));
  bench.add({
    what: `unchanged pass, ${counted(count)}`,
    figure: ms(median(pick(unchanged))),
    floor: `${ms(median(pick(stats)))} (stat)`,
    ratio,
    ...(isLarge ? { goal: ['≤ 3 ×', ratio <= 3] } : {}),
  });
  const worst = Math.max(...[...first, ...unchanged].map(({ maxDelayMs }) => maxDelayMs));
  bench.add({
    what: `event loop held up at most, ${counted(count)}`,
    figure: ms(worst),
    ...(isLarge ? { goal: ['≤ 50 ms', worst <= 50] } : {}),
  });
  bench.add({ what: `taking over the configuration, ${counted(count)}`, figure: ms(median(configure)) });
  const sample = paths.slice(0, Math.min(opensslSample, count));
  const startedAt = performance.now();
  const script = 'for f do openssl x509 -checkend 2592000 -noout -in "$f" || exit 1; done';
  const { status } = spawnSync('sh', ['-c', script, 'sh', ...sample], { stdio: 'ignore' });
  if (status !== 0) throw new Error('openssl refuses a certificate of the benchmark');
  const openssl = ((performance.now() - startedAt) / sample.length) * count;
  const scaled = sample.length < count ? ` (${sample.length}, scaled)` : '';
  bench.add({
    what: `openssl x509 -checkend in a loop, ${counted(count)}`,
    figure: '',
    floor: `${ms(openssl)}${scaled}`,
    note: `${Math.round(openssl / median(pick(unchanged)))} unchanged passes`,
  });
}
