/** `npm run simulate -- --seeds N --years Y`: see docs/reliability.md. */
import { registerHooks } from 'node:module';
import { parseArgs } from 'node:util';

const double = new URL('../test/simulation/undici.ts', import.meta.url).href;
registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === 'undici' && context.parentURL !== double) return { url: double, shortCircuit: true };
    return nextResolve(specifier, context);
  },
});

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1' },
    from: { type: 'string', default: '1' },
    years: { type: 'string', default: '3' },
    certificates: { type: 'string', default: '200' },
    verbose: { type: 'boolean', default: false },
    twice: { type: 'boolean', default: false },
  },
});
const { simulate } = await import('../test/simulation/simulate.ts');
let failed = 0;
for (let index = 0; index < Number(values.seeds); index += 1) {
  const seed = Number(values.from) + index;
  const write = values.verbose ? (line: string) => process.stdout.write(`${line}\n`) : undefined;
  const report = await simulate({
    seed,
    years: Number(values.years),
    certificates: Number(values.certificates),
    ...(write === undefined ? {} : { write }),
  });
  const { violation, ...figures } = report;
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  if (violation !== undefined) {
    failed += 1;
    process.stdout.write(`${violation.at.toISOString()} ${violation.promised}: ${violation.text}\n`);
    process.stdout.write(`${violation.story.map((line) => `  ${line}`).join('\n')}\n`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
