/**
 * Directories that cannot be written and disks that refuse, met by a process that has no special rights (root would be
 * let through) or a limit on how large its files may grow.
 */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { chmodSync, chownSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openSqliteStore } from '../../../src/store/sqlite/index.ts';
import { freshPath } from './support.ts';

const path = freshPath();
const program = fileURLToPath(new URL('./hostile-place-child.ts', import.meta.url));
/** "nobody" on the systems we know; any unprivileged number will do. */
const nobody = 65534;

interface Report {
  readonly opened: boolean;
  readonly stored: number;
  readonly failure: { readonly code: string; readonly message: string } | null;
}

function report(result: SpawnSyncReturns<string>): Report {
  expect(result.stderr).toBe('');
  const value: Report = JSON.parse(result.stdout);
  return value;
}

/** Opens the store, and stores entries until `count` are there or one fails, as an unprivileged user. */
function asNobody(count: number): Report {
  const setUser = process.getuid?.() === 0 ? String(nobody) : '';
  return report(spawnSync(process.execPath, [program, path(), String(count), setUser], { encoding: 'utf8' }));
}

function giveAway(file: string, mode: number): void {
  if (process.getuid?.() === 0) chownSync(file, nobody, nobody);
  chmodSync(file, mode);
}

test('a directory that cannot be written: no new store', () => {
  giveAway(dirname(path()), 0o500);
  expect(asNobody(1)).toMatchObject({
    opened: false,
    failure: {
      code: 'store-failed',
      message: expect.stringMatching(/renewd\.db.*permission denied.*owner and mode/),
    },
  });
  giveAway(dirname(path()), 0o700);
  expect(asNobody(1)).toMatchObject({ opened: true, stored: 1 });
});

test('a directory that cannot be written: an existing store cannot be used', async () => {
  await (await openSqliteStore(path(), { create: true })).close();
  giveAway(path(), 0o600);
  giveAway(dirname(path()), 0o500);
  expect(asNobody(1)).toMatchObject({
    opened: false,
    failure: { code: 'store-failed', message: expect.stringMatching(/renewd\.db.*SQLITE_.*owner and mode/) },
  });
});

test('a disk that refuses to write: the entry is refused, all earlier ones are there', async () => {
  // Units of 1 KiB in bash: files may grow to 400 KiB. Node ignores the signal that comes with it.
  const limited = spawnSync(
    'bash',
    ['-c', 'ulimit -f 400; exec "$0" "$@"', process.execPath, program, path(), '100000', ''],
    { encoding: 'utf8' },
  );
  const { stored, failure } = report(limited);
  expect(stored).toBeGreaterThan(10);
  expect(failure).toMatchObject({
    code: 'store-failed',
    message: expect.stringMatching(/SQLITE_(IOERR|FULL)/),
  });
  const store = await openSqliteStore(path());
  expect(await store.ledger({ limit: 100_000 })).toHaveLength(stored);
  await store.close();
});
