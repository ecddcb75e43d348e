/** `npm run simulate -- --help`: years of virtual time with renewd in the middle; see docs/reliability.md, "Seeded simulation". */
import { registerHooks } from 'node:module';
import { parseArgs } from 'node:util';
import type { Report } from '../test/simulation/settings.ts';

const usage = `Usage: npm run simulate -- [--seeds N] [--years Y] [--certificates C] [--storm] [--plant NAME] [--verbose]
       npm run simulate -- --seed S [--years Y] [--certificates C] [--storm] [--plant NAME] [--verbose]

  --seeds N         run the seeds 1 to N (default 1)
  --seed S          replay one seed: the same options give the same run, bit for bit, and the same journal hash
  --years Y         of virtual time, from 2026-10-01 on (default 3: crosses 2027-03-15 and 2029-03-15)
  --certificates C  in the inventory at the beginning (default 200)
  --storm           everything goes wrong several times as often; writes fail all the time
  --plant NAME      with a planted bug: a part of its name, or "all"; ends with 0 when each is found by its invariant
  --verbose         every line of the journal
  --help            this text

Progress goes to standard error. Exit code 0: every promise was kept (every planted bug was found); 1: a promise was broken,
and the seed and the last lines of the journal are printed (a planted bug was not found); 2: wrong usage.
`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const tell = (line: string): void => void process.stderr.write(`${line}\n`);

class Usage extends Error {}

function read() {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      years: { type: 'string', default: '3' },
      certificates: { type: 'string', default: '200' },
      plant: { type: 'string' },
      storm: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const number = (name: 'seeds' | 'seed' | 'years' | 'certificates', whole = true): number => {
    const text = values[name] ?? '1';
    const value = Number(text);
    if (!(value > 0) || !Number.isFinite(value) || (whole && !Number.isInteger(value)))
      throw new Usage(`--${name} ${text}: a positive ${whole ? 'whole ' : ''}number would be right`);
    return value;
  };
  if (values.seed !== undefined && values.seeds !== undefined)
    throw new Usage('--seed and --seeds exclude each other');
  const seeds =
    values.seed === undefined
      ? Array.from({ length: number('seeds') }, (_, index) => index + 1)
      : [number('seed')];
  return { ...values, seeds, years: number('years', false), certificates: number('certificates') };
}

function options() {
  try {
    return read();
  } catch (thrown) {
    tell(thrown instanceof Error ? thrown.message : String(thrown));
    tell(usage);
    process.exit(2);
  }
}

const given = options();
if (given.help) {
  say(usage);
  process.exit(0);
}

// The clients' connections lead into the simulation.
const standIn = new URL('../test/simulation/undici.ts', import.meta.url).href;
registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === 'undici' && context.parentURL !== standIn) return { url: standIn, shortCircuit: true };
    return nextResolve(specifier, context);
  },
});
const { simulate } = await import('../test/simulation/simulate.ts');
const { plants } = await import('../test/simulation/plants.ts');
const { years, certificates, storm, seeds } = given;

const run = (seed: number, plant?: (typeof plants)[number]): Promise<Report> =>
  simulate({
    seed,
    years,
    certificates,
    storm,
    progress: (at) => tell(`seed ${seed}: ${at.toISOString().slice(0, 10)}`),
    ...(plant === undefined ? {} : { plant }),
    ...(given.verbose ? { write: say } : {}),
  });

async function findBugs(wanted: string): Promise<boolean> {
  const chosen = plants.filter(({ name }) => wanted === 'all' || name.includes(wanted));
  if (chosen.length === 0) {
    tell(`no planted bug is called "${wanted}"; there are:`);
    for (const { name } of plants) tell(`  ${name}`);
    process.exit(2);
  }
  let good = true;
  for (const plant of chosen) {
    let found = 'NOT FOUND';
    for (const seed of seeds) {
      const { violation, realMs } = await run(seed, plant);
      if (violation === undefined) continue;
      const { promised, at, text } = violation;
      const verdict = plant.breaks.includes(promised) ? '' : 'NOT BY ITS INVARIANT: ';
      found = `${verdict}${promised} with seed ${seed} at ${at.toISOString().slice(0, 10)}, ${realMs} ms: ${text}`;
      break;
    }
    good &&= !found.startsWith('NOT');
    say(`${plant.name}: ${found}`);
  }
  return good;
}

const summed = [
  'certificateYears',
  'renewals',
  'paidOrders',
  'requests',
  'faults',
  'restarts',
  'events',
] as const;

async function keepPromises(): Promise<boolean> {
  const reports: Report[] = [];
  for (const seed of seeds) {
    const report = await run(seed);
    reports.push(report);
    const { violation, digest, realMs } = report;
    const seconds = Math.round(realMs / 1000);
    if (violation === undefined) say(`seed ${seed}: kept, journal ${digest}, ${seconds} s`);
    else {
      const { promised, at, text, story } = violation;
      say(`seed ${seed}: BROKEN ${promised} at ${at.toISOString()}: ${text}`);
      for (const line of story) say(`  ${line}`);
      const flags = storm ? ' --storm' : '';
      say(
        `again: npm run simulate -- --seed ${seed} --years ${years} --certificates ${certificates}${flags}`,
      );
    }
  }
  const broken = (promised: string): number =>
    reports.filter(({ violation }) => violation?.promised === promised).length;
  const sum = (key: (typeof summed)[number] | 'excused' | 'persons' | 'realMs'): number =>
    reports.reduce((total, report) => total + report[key], 0);
  say(summed.map((key) => `${key} ${sum(key)}`).join(', '));
  say(
    `expired ${broken('expired')} (excused ${sum('excused')}), bought twice ${broken('bought-twice')}, torn ${broken('torn')}, ` +
      `keys lost ${broken('key-lost')}, any other promise broken ${
        reports.filter(({ violation }) => violation !== undefined).length -
        ['expired', 'bought-twice', 'torn', 'key-lost'].reduce((total, one) => total + broken(one), 0)
      }; a person was asked ${sum('persons')} times; ${Math.round(sum('realMs') / 1000)} s`,
  );
  return reports.every(({ violation }) => violation === undefined);
}

const good = await (given.plant === undefined ? keepPromises() : findBugs(given.plant));
process.exitCode = good ? 0 : 1;
