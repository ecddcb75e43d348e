/** A fixed set of seeds, small enough for every run of the tests; `npm run simulate` runs larger ones. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { simulate } from './simulate.ts';

vi.mock('undici', () => import('./undici.ts'));

const timeoutMs = 600_000;
const run = promisify(execFile);
const script = fileURLToPath(new URL('../../scripts/simulate.ts', import.meta.url));

/** What a failing run tells. */
function told({ seed, violation }: Awaited<ReturnType<typeof simulate>>): string | undefined {
  if (violation === undefined) return undefined;
  const { promised, at, text, story } = violation;
  return [`seed ${seed}: ${promised} at ${at.toISOString()}: ${text}`, ...story].join('\n');
}

test('three years keep every promise, over both steps of the calendar', { timeout: timeoutMs }, async () => {
  const report = await simulate({ seed: 1, certificates: 3, years: 3 });
  expect(told(report)).toBeUndefined();
  expect(report.excused).toBe(0);
  expect(report.renewals).toBeGreaterThan(30);
  expect(report.restarts).toBeGreaterThan(30);
});

test(
  'one seed is one run, bit for bit, in any process, directory and time zone',
  { timeout: timeoutMs },
  async () => {
    const places = ['Pacific/Auckland', 'America/St_Johns'].map((zone) => ({
      zone,
      directory: mkdtempSync(join(tmpdir(), 'renewd-replay-')),
    }));
    const args = ['--seed', '5', '--certificates', '4', '--years', '0.15', '--storm'];
    const journals: string[] = [];
    try {
      for (const { zone, directory } of places) {
        const { stdout } = await run(process.execPath, [script, ...args, '--verbose'], {
          cwd: directory,
          env: { ...process.env, TZ: zone, TMPDIR: directory },
          maxBuffer: 64 * 1024 * 1024,
        });
        journals.push(stdout.replaceAll(/, \d+ s$|; \d+ s$/gm, ''));
      }
    } finally {
      for (const { directory } of places) rmSync(directory, { recursive: true, force: true });
    }
    const [first = '', second] = journals;
    expect(second).toBe(first);
    expect(first).toMatch(/^seed 5: kept, journal [0-9a-f]{64}$/m);
    expect(first.split('\n').length).toBeGreaterThan(200);
    const here = await simulate({ seed: 5, certificates: 4, years: 0.15, storm: true });
    expect(first).toContain(`seed 5: kept, journal ${here.digest}`);
    const other = await simulate({ seed: 6, certificates: 4, years: 0.15, storm: true });
    expect(other.digest).not.toBe(here.digest);
  },
);
