/**
 * User and group names to numeric ids, from /etc/passwd and /etc/group. Accounts that exist only in a directory
 * service are given by number.
 */
import { readFileSync } from 'node:fs';
import { RenewdError } from '../core/errors.ts';

export type AccountKind = 'user' | 'group';

const tables: Readonly<Record<AccountKind, string>> = { user: '/etc/passwd', group: '/etc/group' };

/** The largest id that is not the "leave unchanged" mark of chown(2). */
const idMax = 2 ** 32 - 2;

/** Numeric id of a user or group. Throws RenewdError `file-failed` when the name is unknown. */
export function accountId(kind: AccountKind, name: string): number {
  if (/^\d{1,10}$/.test(name)) {
    const id = Number(name);
    if (id <= idMax) return id;
    throw new RenewdError('file-failed', `${kind} id ${name} is out of range`);
  }
  const id = findAccount(readFileSync(tables[kind], 'utf8'), name);
  if (id === undefined)
    throw new RenewdError('file-failed', `there is no ${kind} "${name}" in ${tables[kind]}`);
  return id;
}

/** Looks a name up in the text of passwd(5) or group(5): name, password, id. */
export function findAccount(table: string, name: string): number | undefined {
  for (const line of table.split('\n')) {
    const [entry, , id] = line.split(':');
    if (entry === name && id !== undefined && /^\d+$/.test(id)) return Number(id);
  }
  return undefined;
}

/** Names by numeric id, from the same tables. Empty when the table cannot be read. */
export function accountNames(kind: AccountKind): ReadonlyMap<number, string> {
  let table: string;
  try {
    table = readFileSync(tables[kind], 'utf8');
  } catch {
    // Then numbers are shown.
    return new Map();
  }
  return new Map(
    table.split('\n').flatMap((line) => {
      const [name = '', , id = ''] = line.split(':');
      return /^\d+$/.test(id) ? [[Number(id), name] as const] : [];
    }),
  );
}
