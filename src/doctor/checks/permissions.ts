/** Whether the user who asks could do what the daemon does: with keys, state, deploy directories, web roots and secrets. */
import { dirname } from 'node:path';
import type { Machine } from '../../contracts/machine.ts';
import { notesOn, type Finding } from '../finding.ts';
import { octal } from './configuration.ts';

/** The nearest directory that is there. */
function existingAbove(path: string, machine: Machine): string {
  let at = path;
  while (machine.stat(at) === undefined && at !== dirname(at)) at = dirname(at);
  return at;
}

function belongsTo(path: string, machine: Machine): string {
  const stat = machine.stat(path);
  if (stat === undefined) return '';
  const owner = stat.uid === undefined ? '?' : machine.accountName('user', stat.uid);
  const group = stat.gid === undefined ? '?' : machine.accountName('group', stat.gid);
  return `it belongs to ${owner}:${group}, mode ${octal(stat.mode)}`;
}

function canUse(path: string, machine: Machine): boolean {
  return machine.can(path, 'write') && machine.can(path, 'execute');
}

/** What to do where only the mount is in the way; a unit with ProtectSystem= sees nearly everything so. */
export function mountWritable(path: string): string {
  return `mount it writable: ReadWritePaths=${path} in the unit, a volume in a container, rw on the host`;
}

/** `otherwise`: the fix where its owner or mode is in the way. */
function notWritable(
  path: string,
  machine: Machine,
  otherwise: string,
): { readonly what: string; readonly fix: string } {
  return machine.isReadOnly(path)
    ? { what: 'its file system is read-only', fix: mountWritable(path) }
    : { what: belongsTo(path, machine), fix: otherwise };
}

export interface WritableOptions {
  /** What renewd does there, after "renewd cannot": "deploy the certificate shop". */
  readonly purpose: string;
  /** It is made when it is missing. */
  readonly made: boolean;
}

/** A directory in which the daemon makes files. */
export function directoryFindings(
  path: string,
  { purpose, made }: WritableOptions,
  machine: Machine,
): readonly Finding[] {
  const note = notesOn('permissions', path);
  const user = machine.user.name;
  const create = `install -d -o ${user} -m 0750 ${path}`;
  const stat = machine.stat(path);
  if (stat !== undefined && stat.kind !== 'directory') {
    return [
      note.fail('it is no directory', {
        why: `renewd cannot ${purpose}.`,
        fix: `move ${path} away, then: ${create}`,
      }),
    ];
  }
  if (stat === undefined) {
    const above = existingAbove(path, machine);
    if (!made)
      return [note.fail('there is no such directory', { why: `renewd cannot ${purpose}.`, fix: create })];
    if (canUse(above, machine)) return [note.ok(`it is not there yet and can be made by ${user}`)];
    const { what, fix } = notWritable(above, machine, create);
    return [
      note.fail(`it is not there, and ${user} cannot make it in ${above}: ${what}`, {
        why: `renewd cannot ${purpose}.`,
        fix,
      }),
    ];
  }
  if (!canUse(path, machine)) {
    const { what, fix } = notWritable(path, machine, `chown ${user} ${path} && chmod u+rwx ${path}`);
    return [note.fail(`${user} cannot write there: ${what}`, { why: `renewd cannot ${purpose}.`, fix })];
  }
  if ((stat.mode & 0o002) !== 0 && (stat.mode & 0o1000) === 0) {
    return [
      note.warn(`every user of this host can put files there (mode ${octal(stat.mode)})`, {
        why: 'Whoever can, can exchange what is served.',
        fix: `chmod o-w ${path}`,
      }),
    ];
  }
  return [note.ok(`${user} can write there`)];
}

/** The key store refuses a directory that others may write to; that others may read is as bad. */
export function keyDirectoryFindings(path: string, machine: Machine): readonly Finding[] {
  const found = directoryFindings(
    path,
    { purpose: 'keep the key of an order, so it places none', made: true },
    machine,
  );
  const stat = machine.stat(path);
  if (stat === undefined || stat.kind !== 'directory' || found.some(({ level }) => level === 'fail'))
    return found;
  if ((stat.mode & 0o077) === 0)
    return [notesOn('permissions', path).ok(`for ${machine.user.name} alone (mode ${octal(stat.mode)})`)];
  const others = `others than the owner can ${(stat.mode & 0o022) === 0 ? 'look into' : 'write into'} the key directory`;
  const rest = {
    why:
      (stat.mode & 0o022) === 0
        ? 'Names of keys tell what is ordered.'
        : 'Keys could be exchanged, so renewd makes none there.',
    fix: `chmod 0700 ${path}`,
  };
  const note = notesOn('permissions', path);
  const what = `${others} (mode ${octal(stat.mode)})`;
  return [(stat.mode & 0o022) === 0 ? note.warn(what, rest) : note.fail(what, rest)];
}

/** The owner and group that a target asks for can be given only by root, or by who is in that group. */
export function ownershipFindings(
  directory: string,
  owner: string | undefined,
  machine: Machine,
): readonly Finding[] {
  if (owner === undefined || machine.user.uid === 0 || owner === machine.user.name) return [];
  if (owner === String(machine.user.uid)) return [];
  return [
    notesOn('permissions', directory).fail(
      `the files are to belong to ${owner}, and ${machine.user.name} cannot give files away`,
      {
        why: 'A deployment would fail; the server goes on with the old certificate.',
        fix: `leave \`owner\` out and let the server read by group: group: ${machine.user.name}, keyMode: "0640"`,
      },
    ),
  ];
}

/** A private key or secret file: not for everybody, and readable for us. */
export function secretFileFindings(path: string, machine: Machine): readonly Finding[] {
  const stat = machine.stat(path);
  // That it is missing is a mistake of the configuration, told there.
  if (stat === undefined) return [];
  const note = notesOn('permissions', path);
  if ((stat.mode & 0o004) !== 0) {
    return [
      note.fail(`every user of this host can read this secret (mode ${octal(stat.mode)})`, {
        why: 'It has to be taken as known to others: exchange it at the provider.',
        fix: `chmod 0600 ${path}`,
      }),
    ];
  }
  if (!machine.can(path, 'read')) {
    return [
      note.fail(`${machine.user.name} cannot read this secret: ${belongsTo(path, machine)}`, {
        why: 'Nothing that needs it can be done by this user.',
        fix: `chown ${machine.user.name} ${path}, or LoadCredential= in the unit`,
      }),
    ];
  }
  return [note.ok(`not readable for everybody (mode ${octal(stat.mode)})`)];
}

/** The keys that servers read: nobody else on the host may. */
export function deployedKeyFindings(directory: string, machine: Machine): readonly Finding[] {
  return ['privkey.pem', 'combined.pem'].flatMap((file) => {
    const path = `${directory}/${file}`;
    const stat = machine.stat(path);
    if (stat === undefined || (stat.mode & 0o004) === 0) return [];
    return [
      notesOn('permissions', path).fail(
        `every user of this host can read this private key (mode ${octal(stat.mode)})`,
        {
          why: 'It has to be taken as stolen.',
          fix: `chmod o-rwx ${path}; then \`renewd renew NAME --new-key\``,
        },
      ),
    ];
  });
}
