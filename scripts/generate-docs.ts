/** Writes the generated files (scripts/docs/generators.ts); with --check only says which of them are stale, and fails. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generatedFiles } from './docs/generators.ts';

const isCheck = process.argv.includes('--check');
const stale: string[] = [];
for (const { path, make } of generatedFiles) {
  const absolute = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const text = make();
  if (existsSync(absolute) && readFileSync(absolute, 'utf8') === text) continue;
  stale.push(path);
  if (!isCheck) writeFileSync(absolute, text);
}
if (isCheck && stale.length > 0) {
  process.stderr.write(`stale: ${stale.join(', ')}; run "npm run docs:generate"\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(
    stale.length === 0 ? 'generated files are up to date\n' : `written: ${stale.join(', ')}\n`,
  );
}
