/**
 * `npm run bench [-- --quick] [--only=passes|start|idle|orders|crl]`: how fast and how large renewd is, beside the least that a
 * bare Node process can do for the same. Makes an installed package and up to ten thousand certificates in a temporary
 * directory, talks to loopback only, and leaves nothing behind. Fails only when a measurement itself fails, not when a
 * goal is missed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { table, type Row } from './report.ts';
import { measureLists } from './sections/crl.ts';
import { measureIdle } from './sections/idle.ts';
import { measureOrders } from './sections/orders.ts';
import { measurePasses } from './sections/passes.ts';
import { measureStarts } from './sections/start.ts';
import { deploySets } from './world/certificates.ts';
import { benchSecrets } from './world/inventory.ts';
import { installPackage } from './world/package.ts';

const isQuick = process.argv.includes('--quick');
const only = process.argv.find((word) => word.startsWith('--only='))?.slice('--only='.length);
const sections = {
  passes: measurePasses,
  start: measureStarts,
  idle: measureIdle,
  orders: measureOrders,
  crl: measureLists,
};
if (only !== undefined && !Object.hasOwn(sections, only)) {
  throw new Error(`--only takes one of ${Object.keys(sections).join(', ')}`);
}
const directory = mkdtempSync(join(tmpdir(), 'renewd-bench-'));
const rows: Row[] = [];
const startedAt = performance.now();

function remove(): void {
  rmSync(directory, { recursive: true, force: true });
}
process.once('SIGINT', () => {
  remove();
  process.exit(130);
});

try {
  const sizes = isQuick ? [100, 1000] : [100, 1000, 10_000];
  const say = (text: string): void => {
    process.stderr.write(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${text}\n`);
  };
  say('building, and making certificates');
  const bench: Bench = {
    directory,
    root: await installPackage(directory),
    sets: `${directory}/sets`,
    sizes,
    rounds: () => (isQuick ? 2 : 5),
    orders: isQuick ? 20 : 100,
    env: {
      ...process.env,
      ...benchSecrets,
      XDG_CACHE_HOME: `${directory}/cache`,
      CACHE_DIRECTORY: undefined,
      NODE_COMPILE_CACHE: undefined,
      NODE_DISABLE_COMPILE_CACHE: undefined,
    },
    add: (row) => {
      rows.push(row);
      const { what, figure, floor = '', ratio } = row;
      say(`  ${what}: ${figure}; ${floor}${ratio === undefined ? '' : `, ${ratio.toFixed(2)} ×`}`);
    },
    say,
  };
  // Orders need no more than a set and the one after it.
  deploySets(bench.sets, only === 'orders' ? 2 : Math.max(...sizes), new Date());
  for (const [name, measure] of Object.entries(sections)) {
    if (only === undefined || name === only) await measure(bench);
  }
  const memory = Math.round(totalmem() / 2 ** 30);
  const [load = 0] = loadavg();
  process.stdout.write(
    `\nNode ${process.version}, ${process.platform} ${process.arch}, ${availableParallelism()} cores, ${memory} GiB, load ${load.toFixed(1)} at the end\n\n${table(rows)}\n`,
  );
} finally {
  remove();
}
