/**
 * `npm run mutate -- AREA [FILE…]`: mutation testing of one area (areas.ts), or of some of its files. Prints what
 * survived and the score; coverage/mutation/AREA.json has every mutant. Slow ones: those that act while a module is
 * loaded, for each of which the tests are loaded anew; `--quick` leaves them out.
 */
import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { areas, isAreaName } from './areas.ts';
import { mutate } from './mutants.ts';
import { reportOf, type Verdicts } from './report.ts';
import { createBench } from './bench.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
});
const [area, ...only] = positionals;
if (!isAreaName(area)) {
  process.stderr.write(`usage: npm run mutate -- ${Object.keys(areas).join('|')} [--quick] [FILE…]\n`);
  process.exit(2);
}
const begun = performance.now();
const { sources, mutants } = await mutate(
  only.length > 0 ? only : areas[area].mutate.flatMap((glob) => globSync(glob)).toSorted(),
);
const bench = await createBench(sources, areas[area]);
const look = await bench.look();
const killed = new Set(await bench.tryAll(look.hits));
const untested = new Set<string>();
for (const { id } of mutants) {
  if (killed.has(id) || values.quick || !look.loaded.has(id)) continue;
  if (await bench.kills(id)) killed.add(id);
}
for (const { id } of mutants) if (!look.passed.has(id) && !look.loaded.has(id)) untested.add(id);
await bench.close();

const verdicts: Verdicts = { killed, untested, skipped: values.quick ? look.onlyLoaded : new Set() };
const report = reportOf(mutants, verdicts, (performance.now() - begun) / 60_000);
mkdirSync('coverage/mutation', { recursive: true });
writeFileSync(`coverage/mutation/${area}.json`, `${JSON.stringify(report.mutants, undefined, 1)}\n`);
process.stdout.write(report.text);
