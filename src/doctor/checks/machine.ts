/** What the machine itself must have: Node, room on its disks, programs to reload with, a port, no surprise by a security module. */
import type { Machine } from '../../contracts/machine.ts';
import type { ListenSettings } from '../../core/certificate.ts';
import { toRenewdError } from '../../core/errors.ts';
import { notesOn, type Finding } from '../finding.ts';

const nodeMin = [24, 15] as const;

export function nodeFindings(machine: Machine): readonly Finding[] {
  const [major = 0, minor = 0] = machine.nodeVersion.split('.').map(Number);
  const note = notesOn('node', machine.nodeVersion);
  const enough = major > nodeMin[0] || (major === nodeMin[0] && minor >= nodeMin[1]);
  if (!enough)
    return [
      note.fail(`renewd needs Node.js ${nodeMin.join('.')} or newer`, {
        fix: 'install a newer Node.js, or run renewd by the one of its own dependencies',
      }),
    ];
  if (major % 2 === 1)
    return [
      note.warn('an odd version of Node.js is maintained for half a year only', {
        fix: 'use an even one, e.g. 24',
      }),
    ];
  return [note.ok(`new enough (${nodeMin.join('.')} is)`)];
}

const mebibyte = 1024 * 1024;
/** A set is some 15 KiB; SQLite's log may grow to a few MiB; below this a full disk is near. */
const bytesWarn = 256 * mebibyte;
const bytesFail = 16 * mebibyte;
const inodesWarn = 1000;
const inodesFail = 50;

export function spaceFindings(path: string, machine: Machine): readonly Finding[] {
  const space = machine.space(path);
  const note = notesOn('disk', path);
  if (space === undefined) return [note.warn('how much room is left cannot be told')];
  const { bytesFree, inodesFree, inodesTotal } = space;
  const counts = inodesTotal > 0;
  const left = `${Math.floor(bytesFree / mebibyte)} MiB${counts ? ` and ${inodesFree} inodes` : ''} free`;
  const rest = {
    why: 'On a full disk nothing can be ordered or deployed: what is done must be written first.',
    fix: `df -h ${path}; df -i ${path}`,
  };
  if (bytesFree < bytesFail || (counts && inodesFree < inodesFail)) return [note.fail(`only ${left}`, rest)];
  if (bytesFree < bytesWarn || (counts && inodesFree < inodesWarn)) return [note.warn(`only ${left}`, rest)];
  return [note.ok(left)];
}

export interface ProgramUse {
  readonly argv: readonly string[];
  /** After "for": "certificate shop". */
  readonly purpose: string;
}

/** Looked for, not run. */
export function programFindings(
  area: 'reload' | 'publisher',
  { argv, purpose }: ProgramUse,
  machine: Machine,
): readonly Finding[] {
  const [program = ''] = argv;
  const note = notesOn(area, argv.join(' '));
  const why = `Wanted for ${purpose}; it is run without a shell, with the PATH of the daemon.`;
  const path = machine.which(program);
  if (path === undefined)
    return [
      note.fail(`there is no program "${program}" in PATH`, {
        why,
        fix: `write its absolute path: command -v ${program}`,
      }),
    ];
  const stat = machine.stat(path);
  if (stat === undefined)
    return [note.fail(`there is no program ${path}`, { why, fix: 'correct the path, or install it' })];
  if (stat.kind !== 'file')
    return [note.fail(`${path} is no program`, { why, fix: 'name the program itself' })];
  if (!machine.can(path, 'execute'))
    return [note.fail(`${machine.user.name} may not run ${path}`, { why, fix: `chmod a+x ${path}` })];
  const service = program.endsWith('systemctl') && machine.user.uid !== 0;
  if (service)
    return [
      note.warn(`${path} is there; whether ${machine.user.name} may reload that unit was not tried`, {
        why: 'An unprivileged user needs a polkit rule for it.',
        fix: 'README.md, "systemd": /etc/polkit-1/rules.d/50-renewd.rules',
      }),
    ];
  return [note.ok(`${path} is there (it was not run)`)];
}

export type ListenerUse = Pick<ListenSettings, 'host' | 'port' | 'token' | 'tls'>;

/** Free, or our own daemon behind it. */
export async function listenerFindings(
  { host, port, token, tls }: ListenerUse,
  machine: Machine,
  now: Date,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const shown = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const note = notesOn('listener', shown);
  const code = await machine.tryListen(host, port);
  if (code === undefined) return [note.ok('free; no daemon listens there now')];
  if (code === 'EACCES')
    return [
      note.fail(`${machine.user.name} may not listen on port ${port}`, {
        why: 'Ports below 1024 need a capability.',
        fix: 'AmbientCapabilities=CAP_NET_BIND_SERVICE in the unit, or a port above 1023',
      }),
    ];
  if (code === 'EADDRNOTAVAIL')
    return [note.fail(`this host has no address ${host}`, { fix: 'listen: 127.0.0.1:9464' })];
  if (code !== 'EADDRINUSE') return [note.fail(`nothing can listen there: ${code}`)];
  // Its certificate is for the names that people use, and it may want one of its clients.
  if (tls !== undefined)
    return [note.ok('something listens there; over TLS it is not asked whether it is renewd')];
  const wild =
    host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : shown.slice(0, shown.lastIndexOf(':'));
  try {
    const { body } = await machine.page(`http://${wild}:${port}/healthz`, signal);
    return healthFindings(shown, body, now, token !== undefined);
  } catch (thrown) {
    signal.throwIfAborted();
    return [
      note.fail(`the port is taken by something that is no renewd: ${toRenewdError(thrown).message}`, {
        why: 'The daemon could not show its state.',
        fix: `ss -ltnp 'sport = :${port}'; choose another port in \`listen\``,
      }),
    ];
  }
}

/** `isTerse`: without the token, health is one word. */
function healthFindings(where: string, body: string, now: Date, isTerse: boolean): readonly Finding[] {
  const note = notesOn('listener', where);
  let health: unknown;
  try {
    health = JSON.parse(body);
  } catch {
    health = undefined;
  }
  if (
    typeof health !== 'object' ||
    health === null ||
    !('status' in health) ||
    !(isTerse || 'lastPassAt' in health)
  )
    return [
      note.fail('the port is taken by another web server', {
        why: 'The daemon could not show its state.',
        fix: 'choose another port in `listen`',
      }),
    ];
  const found: Finding[] = [];
  if (health.status === 'ok') found.push(note.ok('the daemon answers, and makes its passes'));
  else
    found.push(
      note.fail('the daemon answers, but makes no passes any more', {
        why: 'Nothing is renewed.',
        fix: 'journalctl -u renewd -n 100; systemctl restart renewd',
      }),
    );
  if ('configValid' in health && health.configValid === false)
    found.push(
      note.warn('the daemon runs on the last good configuration, not on the present one', {
        fix: 'mend what `renewd check` lists',
      }),
    );
  const last =
    'lastPassAt' in health && typeof health.lastPassAt === 'string'
      ? Date.parse(health.lastPassAt)
      : Number.NaN;
  if (last > now.getTime() + 5000)
    found.push(
      notesOn('clock', where).fail('the last pass of the daemon lies in the future', {
        why: 'The clock was set back.',
        fix: 'timedatectl status; systemctl restart renewd',
      }),
    );
  return found;
}

/** A note, not a mistake: what is refused by these modules looks like a wrong permission and is none. */
export function securityModuleFindings(machine: Machine): readonly Finding[] {
  const found: Finding[] = [];
  if (machine.text('/sys/fs/selinux/enforce')?.trim() === '1') {
    found.push(
      notesOn('security', 'SELinux').warn('enforcing: permissions alone do not decide here', {
        why: 'A server may be refused files in a directory that is labelled for something else.',
        fix: "semanage fcontext -a -t cert_t 'DIRECTORY(/.*)?' && restorecon -R DIRECTORY; ausearch -m avc -ts recent",
      }),
    );
  }
  const profile = machine.text('/proc/self/attr/current')?.replaceAll('\0', '').trim() ?? '';
  if (profile.endsWith('(enforce)')) {
    found.push(
      notesOn('security', 'AppArmor').warn(`this process is confined by the profile ${profile}`, {
        why: 'What the profile does not name is refused, whatever the permissions say.',
        fix: 'journalctl -k | grep apparmor=',
      }),
    );
  }
  if (found.length === 0)
    found.push(notesOn('security', 'kernel').ok('neither SELinux nor AppArmor confines it'));
  return found;
}
