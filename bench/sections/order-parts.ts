/** What of an order has to reach the disk, and what takes long, each measured by itself. */
import type { Bench } from '../bench.ts';
import { startWorker } from '../child.ts';
import { median, ms, pairedRatio } from '../report.ts';
import { directoryOf } from '../world/certificates.ts';
import type { handlers as partHandlers } from '../workers/order-parts.ts';

/** Sets deployed, and states changed, in one round. */
const perRound = 50;
const keysPerRound = 8;

export async function measureOrderParts(bench: Bench): Promise<void> {
  const { root, env, sets } = bench;
  const worker = startWorker<typeof partHandlers>('order-parts', [root], env);
  const rounds = Array.from({ length: bench.rounds(1) }, (_, round) => `${bench.directory}/parts-${round}`);
  try {
    bench.say('sets deployed, states changed, keys made');
    const pair = { first: directoryOf(sets, 0), second: directoryOf(sets, 1), count: perRound };
    const deployed: number[] = [];
    const written: number[] = [];
    const changed: number[] = [];
    const synced: number[] = [];
    const made = [];
    const bare = [];
    for (const directory of rounds) {
      deployed.push(await worker.ask('deploy', { ...pair, directory: `${directory}/sets` }));
      written.push(await worker.ask('deployFloor', { ...pair, directory: `${directory}/floor` }));
      changed.push(await worker.ask('transitions', { directory: `${directory}/store`, count: perRound * 4 }));
      synced.push(await worker.ask('fdatasync', { directory: `${directory}/store`, count: perRound * 4 }));
      made.push(await worker.ask('keys', keysPerRound));
      bare.push(await worker.ask('keysFloor', keysPerRound));
    }
    const deployRatio = pairedRatio(deployed, written);
    bench.add({
      what: 'a set of five files deployed, durable',
      figure: ms(median(deployed)),
      floor: `${ms(median(written))} (written, synced, renamed)`,
      ratio: deployRatio,
      goal: ['≤ 1.5 ×', deployRatio <= 1.5],
    });
    const rate = pairedRatio(synced, changed);
    bench.add({
      what: 'changes of state per second, durable',
      figure: (1000 / median(changed)).toFixed(0),
      floor: `${(1000 / median(synced)).toFixed(0)} (\`fdatasync\`)`,
      ratio: rate,
      goal: ['≥ 0.8 ×', rate >= 0.8],
    });
    const total = (rows: readonly { readonly ms: number }[]): number =>
      rows.reduce((sum, row) => sum + row.ms, 0);
    const keyRate = total(bare) / total(made);
    bench.add({
      what: `RSA-4096 keys per second, ${keysPerRound} at once`,
      figure: ((1000 * made.length) / total(made)).toFixed(1),
      floor: `${((1000 * bare.length) / total(bare)).toFixed(1)} (\`generateKeyPair\`)`,
      ratio: keyRate,
      goal: ['≥ 0.85 ×', keyRate >= 0.85],
    });
    const held = Math.max(...made.map(({ delayMs }) => delayMs));
    bench.add({ what: '… event loop held up at most', figure: ms(held), goal: ['≤ 50 ms', held <= 50] });
  } finally {
    await worker.stop();
  }
}
