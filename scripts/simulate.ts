/**
 * `npm run simulate -- --seeds N --years Y [--certificates C] [--from SEED] [--plants [--plant TEXT]] [--storm] [--verbose]`: see
 * docs/reliability.md. Ends with 1 when a promise was broken, or when a planted bug was not found.
 */
import { registerHooks } from 'node:module';
import { parseArgs } from 'node:util';

const standIn = new URL('../test/simulation/undici.ts', import.meta.url).href;
registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === 'undici' && context.parentURL !== standIn) return { url: standIn, shortCircuit: true };
    return nextResolve(specifier, context);
  },
});

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1' },
    from: { type: 'string', default: '1' },
    years: { type: 'string', default: '3' },
    certificates: { type: 'string', default: '200' },
    plants: { type: 'boolean', default: false },
    plant: { type: 'string', default: '' },
    storm: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});
const { simulate } = await import('../test/simulation/simulate.ts');
const { plants } = await import('../test/simulation/plants.ts');

const years = Number(values.years);
const certificates = Number(values.certificates);
const { storm } = values;
const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => Number(values.from) + index);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
let wrong = 0;

async function findBugs(): Promise<void> {
  for (const plant of plants.filter(({ name }) => name.includes(values.plant))) {
    let found = 'NOT FOUND';
    for (const seed of seeds) {
      const { violation, realMs } = await simulate({ seed, years, certificates, plant, storm });
      if (violation === undefined) continue;
      found = `${violation.promised} with seed ${seed} at ${violation.at.toISOString().slice(0, 10)}, ${realMs} ms: ${violation.text}`;
      if (plant.breaks.includes(violation.promised)) break;
      found = `WRONG: ${found}`;
      break;
    }
    if (found.startsWith('NOT') || found.startsWith('WRONG')) wrong += 1;
    say(`${plant.name}: ${found}`);
  }
}

async function run(): Promise<void> {
  const sum = {
    certificateYears: 0,
    renewals: 0,
    paidOrders: 0,
    requests: 0,
    restarts: 0,
    excused: 0,
    realMs: 0,
  };
  const broken = new Map<string, number>();
  for (const seed of seeds) {
    const write = values.verbose ? say : undefined;
    const { violation, ...figures } = await simulate({
      seed,
      years,
      certificates,
      storm,
      ...(write === undefined ? {} : { write }),
    });
    say(JSON.stringify(figures));
    for (const key of [
      'certificateYears',
      'renewals',
      'paidOrders',
      'requests',
      'restarts',
      'excused',
      'realMs',
    ] as const)
      sum[key] += figures[key];
    if (violation === undefined) continue;
    wrong += 1;
    broken.set(violation.promised, (broken.get(violation.promised) ?? 0) + 1);
    say(`seed ${seed}: ${violation.promised} at ${violation.at.toISOString()}: ${violation.text}`);
    for (const line of violation.story) say(`  ${line}`);
  }
  say(JSON.stringify({ seeds: seeds.length, ...sum, broken: Object.fromEntries(broken) }));
}

await (values.plants ? findBugs() : run());
process.exitCode = wrong === 0 ? 0 : 1;
