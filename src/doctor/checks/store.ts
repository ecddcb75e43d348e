/** The store: can it be opened, is it whole, of which schema, and who works with it. */
import type { Machine } from '../../contracts/machine.ts';
import { formatDuration, minuteMs } from '../../core/durations.ts';
import { toRenewdError } from '../../core/errors.ts';
import { notesOn, type Finding } from '../finding.ts';
import { octal } from './configuration.ts';
import { directoryFindings, mountWritable } from './permissions.ts';

/** As store/sqlite/examine.ts reads it. */
export interface StoreLook {
  readonly schema: number;
  readonly newestSchema: number;
  readonly damage: readonly string[] | undefined;
  readonly lease: { readonly holder: string; readonly expiresAt: Date } | undefined;
  readonly newestEntryAt: Date | undefined;
}

export interface StoreTools {
  readonly machine: Machine;
  readonly look: (path: string) => Promise<StoreLook>;
  readonly isAlive: (holder: string) => boolean;
  readonly now: Date;
}

const restore = 'stop the daemon and restore the newest backup: docs/operations.md, "Backup and restore"';

export async function storeFindings(path: string, tools: StoreTools): Promise<readonly Finding[]> {
  const { machine, look, isAlive, now } = tools;
  const note = notesOn('store', path);
  const stat = machine.stat(path);
  const directory = path.slice(0, path.lastIndexOf('/')) || '/';
  const place = directoryFindings(directory, { purpose: 'keep its store', made: true }, machine);
  if (stat === undefined) {
    const fine = place.every(({ level }) => level !== 'fail');
    return [...place, ...(fine ? [note.ok('not there yet; the first start makes it')] : [])];
  }
  const found: Finding[] = [...place];
  if ((stat.mode & 0o077) !== 0) {
    found.push(
      note.warn(`others than its owner can open it (mode ${octal(stat.mode)})`, {
        why: 'It holds orders, prices and evidence.',
        fix: `chmod 0600 ${path}`,
      }),
    );
  }
  if (!machine.can(path, 'write')) {
    found.push(
      note.fail(`${machine.user.name} cannot write it`, {
        why: 'The daemon could remember nothing, so it would not start.',
        fix: machine.isReadOnly(path)
          ? mountWritable(directory)
          : `chown ${machine.user.name} ${path} ${path}-wal ${path}-shm`,
      }),
    );
    return found;
  }
  let seen: StoreLook;
  try {
    seen = await look(path);
  } catch (thrown) {
    return [
      ...found,
      note.fail(toRenewdError(thrown).message, { why: 'The daemon cannot start with it.', fix: restore }),
    ];
  }
  const { schema, newestSchema, damage, lease, newestEntryAt } = seen;
  if (damage !== undefined && damage.length > 0) {
    found.push(
      note.fail(`SQLite finds it damaged: ${damage.join('; ').slice(0, 300)}`, {
        why: 'What was ordered may be read wrongly.',
        fix: restore,
      }),
    );
  } else {
    const age =
      schema < newestSchema ? `, older than ${newestSchema}: the next start brings it up to date` : '';
    const whole = damage === undefined ? 'too large to be checked in passing' : 'whole';
    found.push(note.ok(`opens, ${whole}, schema ${schema}${age}`));
  }
  if (lease !== undefined && lease.expiresAt > now) {
    found.push(
      isAlive(lease.holder)
        ? note.ok(`the daemon works with it: ${lease.holder}`)
        : note.warn(`its lease is held by a process that is gone: ${lease.holder}`, {
            why: `It runs out in ${formatDuration(lease.expiresAt.getTime() - now.getTime())}; a start on this host does not wait for it.`,
            fix: 'systemctl start renewd',
          }),
    );
  } else {
    found.push(note.ok('no daemon works with it now'));
  }
  if (newestEntryAt !== undefined && newestEntryAt.getTime() > now.getTime() + 2 * minuteMs) {
    found.push(
      notesOn('clock', path).fail(
        `the newest entry of the history lies in the future: ${newestEntryAt.toISOString()}`,
        {
          why: 'The clock was set back, or was wrong before: waits that are stored will take that much longer.',
          fix: 'timedatectl status; set the clock by NTP, then systemctl restart renewd',
        },
      ),
    );
  }
  return found;
}
