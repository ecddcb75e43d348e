/**
 * Whether another account can read files, and if not, which part of which path forbids it: modes, groups and POSIX ACLs as
 * acl(5) has them. Security modules such as SELinux are not asked.
 */
import { spawnSync } from 'node:child_process';
import { lstatSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Account } from '../contracts/platform.ts';
import { RenewdError } from '../core/errors.ts';
import { accountId } from './accounts.ts';

/** As many as Linux follows. */
const linksMax = 40;
const aclTimeoutMs = 10_000;

interface Identity {
  readonly text: string;
  readonly uid: number;
  readonly gids: ReadonlySet<number>;
}

interface Component {
  readonly path: string;
  readonly stats: Stats;
}

/** Throws RenewdError `file-failed` for an account that does not exist; errors of node:fs where we may not look ourselves. */
export function whyUnreadable(paths: readonly string[], account: Account): string | undefined {
  const identity = identityOf(account);
  if (identity.uid === 0) return undefined;
  const components = new Map<string, Component>();
  for (const path of paths) for (const one of componentsOf(path)) components.set(one.path, one);
  const list = [...components.values()];
  const acls = aclsOf(list.map(({ path }) => path));
  for (const [index, component] of list.entries()) {
    const isDirectory = component.stats.isDirectory();
    const entries = acls?.[index] ?? modeEntries(component.stats);
    // Linux does not look at an ACL whose mask is empty: the mode decides, and "others" can have more than a group.
    const deciding = (component.stats.mode & 0o070) === 0 ? modeEntries(component.stats) : entries;
    if (isPermitted(deciding, component.stats, identity, isDirectory ? 'x' : 'r')) continue;
    const { mode, uid, gid } = component.stats;
    const state = `mode ${(mode & 0o7777).toString(8).padStart(4, '0')}, owner ${uid}, group ${gid}`;
    const acl =
      acls === undefined
        ? '; ACLs could not be looked at, because there is no getfacl'
        : entries.length > 3
          ? '; its ACL grants nothing more'
          : '';
    const verb = isDirectory ? 'may not pass through the directory' : 'may not read';
    return `${identity.text} ${verb} ${component.path} (${state}${acl})`;
  }
  return undefined;
}

function identityOf({ user, group }: Account): Identity {
  const uid = accountId('user', user);
  const passwd = rowsOf('/etc/passwd').find(([, , id]) => id === String(uid));
  const primary = group === undefined ? Number(passwd?.[3] ?? Number.NaN) : accountId('group', group);
  if (Number.isNaN(primary)) {
    throw new RenewdError('file-failed', `user ${user} is not in /etc/passwd: write "${user}:GROUP"`);
  }
  const name = passwd?.[0];
  const supplementary = rowsOf('/etc/group').flatMap(([, , gid, members = '']) =>
    name !== undefined && members.split(',').includes(name) ? [Number(gid)] : [],
  );
  return { text: `user ${user}`, uid, gids: new Set([primary, ...supplementary]) };
}

function rowsOf(path: string): readonly (readonly string[])[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
}

/** Everything that is passed on the way, links followed, in order; the file itself comes last. */
function componentsOf(path: string): readonly Component[] {
  const found: Component[] = [];
  let links = 0;
  let at = '/';
  const parts = ['', ...resolve(path).split('/').slice(1)].toReversed();
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const next = resolve(at, part);
    const stats = lstatSync(next);
    if (!stats.isSymbolicLink()) {
      at = next;
      found.push({ path: next, stats });
      continue;
    }
    links += 1;
    if (links > linksMax) throw new RenewdError('file-failed', `${path} leads over too many links`);
    const target = resolve(dirname(next), readlinkSync(next));
    parts.push(...['', ...target.split('/').slice(1)].toReversed());
    at = '/';
  }
  return found;
}

/** One row of an ACL: `["user", "1000", "r-x"]`; an empty name is the owner's or the owning group's. */
type AclEntry = readonly [kind: string, name: string, permissions: string];

/** In the order of the paths; undefined where the program is missing or fails. Node cannot read them by itself. */
function aclsOf(paths: readonly string[]): readonly (readonly AclEntry[])[] | undefined {
  const { status, stdout } = spawnSync(
    'getfacl',
    ['--access', '--numeric', '--absolute-names', '--omit-header', '--no-effective', '--', ...paths],
    {
      encoding: 'utf8',
      timeout: aclTimeoutMs,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: process.env['PATH'] ?? '' },
    },
  );
  if (status !== 0) return undefined;
  const acls = stdout.trimEnd().split('\n\n').map(readAcl);
  return acls.length === paths.length ? acls : undefined;
}

function readAcl(text: string): readonly AclEntry[] {
  return text.split('\n').flatMap((line): AclEntry[] => {
    const [kind, name, permissions] = line.split(':');
    return kind === undefined || name === undefined || permissions === undefined
      ? []
      : [[kind, name, permissions]];
  });
}

/** What the mode alone says. */
function modeEntries({ mode }: Stats): readonly AclEntry[] {
  const words = (shift: number): string =>
    ['r', 'w', 'x'].map((word, bit) => ((mode >> shift) & (4 >> bit) ? word : '-')).join('');
  return [
    ['user', '', words(6)],
    ['group', '', words(3)],
    ['other', '', words(0)],
  ];
}

/** The access check algorithm of acl(5). */
function isPermitted(
  entries: readonly AclEntry[],
  { uid, gid }: Stats,
  identity: Identity,
  wanted: 'r' | 'x',
): boolean {
  const grants = ([, , permissions]: AclEntry): boolean => permissions.includes(wanted);
  const find = (kind: string, name = ''): AclEntry | undefined =>
    entries.find((entry) => entry[0] === kind && entry[1] === name);
  const has = (entry: AclEntry | undefined): boolean => entry !== undefined && grants(entry);
  if (uid === identity.uid) return has(find('user'));
  const mask = find('mask');
  const masked = (entry: AclEntry): boolean => grants(entry) && (mask === undefined || grants(mask));
  const own = find('user', String(identity.uid));
  if (own !== undefined) return masked(own);
  const groups = entries.filter(
    ([kind, name]) => kind === 'group' && identity.gids.has(name === '' ? gid : Number(name)),
  );
  return groups.length > 0 ? groups.some(masked) : has(find('other'));
}
