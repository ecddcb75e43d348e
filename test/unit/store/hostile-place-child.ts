/** `node hostile-place-child.ts PATH COUNT USER`: appends entries one by one and reports how far it came. */
import { RenewdError } from '../../../src/core/errors.ts';
import { openSqliteStore } from '../../../src/store/sqlite/index.ts';
import { aLedgerEntry } from '../../builders/store-records.ts';

const [path = '', count = '', user = ''] = process.argv.slice(2);
if (user !== '') {
  process.setgroups?.([]);
  process.setgid?.(Number(user));
  process.setuid?.(Number(user));
}

let opened = false;
let stored = 0;
let failure: { code: string; message: string } | null = null;
try {
  const store = await openSqliteStore(path, { create: true });
  opened = true;
  for (; stored < Number(count); stored += 1)
    await store.appendLedger([aLedgerEntry({ detail: { n: stored } })]);
  await store.close();
} catch (error) {
  if (!(error instanceof RenewdError)) throw error;
  failure = { code: error.code, message: error.message };
}
process.stdout.write(JSON.stringify({ opened, stored, failure }));
