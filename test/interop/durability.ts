/** What must be on the disk before what: rules over the system calls of one renewal. Each returns what it misses. */
import { dirname } from 'node:path';
import { textsOf, type SystemCall } from './strace.ts';

const syncs: readonly string[] = ['fsync', 'fdatasync'];
const renames: readonly string[] = ['rename', 'renameat', 'renameat2'];
const writes: readonly string[] = ['write', 'writev', 'pwrite64'];
const sends: readonly string[] = ['write', 'writev', 'sendto', 'sendmsg'];

function done(calls: readonly SystemCall[], names: readonly string[]): readonly SystemCall[] {
  return calls.filter(({ name, failed }) => names.includes(name) && !failed);
}

/** A sync of `path` that began after `after` had ended, and was over before `before` began. */
function syncedBetween(
  calls: readonly SystemCall[],
  path: string,
  after: SystemCall,
  before: SystemCall,
): boolean {
  return done(calls, syncs).some(
    ({ on, beganAt, endedAt }) => on === path && beganAt > after.endedAt && endedAt < before.beganAt,
  );
}

/** Files that were made at `accepts`: the opening, and the last write into each. */
function filesMade(
  calls: readonly SystemCall[],
  accepts: (path: string) => boolean,
): readonly { readonly path: string; readonly opened: SystemCall; readonly written: SystemCall }[] {
  return done(calls, ['openat']).flatMap((opened) => {
    const [path = ''] = textsOf(opened);
    if (!opened.parameters.includes('O_CREAT') || !accepts(path)) return [];
    const written = done(calls, writes).findLast(({ on }) => on === path);
    return [{ path, opened, written: written ?? opened }];
  });
}

export interface Renamed {
  readonly call: SystemCall;
  readonly from: string;
  readonly to: string;
}

export function renamesOf(calls: readonly SystemCall[]): readonly Renamed[] {
  return done(calls, renames).map((call) => {
    const [from = '', to = ''] = textsOf(call);
    return { call, from, to };
  });
}

/**
 * A set below `directory`: each file is synced before the set gets its name, so is the directory it was written in; the
 * name is synced before `.current` leads to it; and the switch is synced in the end.
 */
export function missingInSet(
  calls: readonly SystemCall[],
  directory: string,
  version: string,
): readonly string[] {
  const sets = `${directory}/.sets`;
  const named = renamesOf(calls).find(({ to }) => to === `${sets}/${version}`);
  if (named === undefined) return [`no rename to ${version}`];
  const switched = renamesOf(calls).find(
    ({ call, to }) => to === `${directory}/.current` && call.beganAt > named.call.endedAt,
  );
  if (switched === undefined) return [`no switch to ${version}`];
  const made = filesMade(calls, (path) => path.startsWith(`${named.from}/`));
  const missing = made.flatMap(({ path, written }) =>
    syncedBetween(calls, path, written, named.call) ? [] : [`${path} before its set has a name`],
  );
  const newest = made.map(({ opened }) => opened).at(-1);
  if (newest === undefined) return [`no file was written into ${named.from}`];
  if (!syncedBetween(calls, named.from, newest, named.call))
    missing.push(`${named.from} before its set has a name`);
  if (!syncedBetween(calls, sets, named.call, switched.call)) missing.push(`${sets} before the switch`);
  const ended = done(calls, syncs).some(
    ({ on, beganAt }) => on === directory && beganAt > switched.call.endedAt,
  );
  if (!ended) missing.push(`${directory} after the switch`);
  return missing;
}

/** What went to a peer at this port of loopback with `text` in it. */
export function sentTo(calls: readonly SystemCall[], port: number, text: string): SystemCall | undefined {
  return done(calls, sends).find(
    ({ on, parameters }) => on.endsWith(`->127.0.0.1:${port}]`) && parameters.includes(text),
  );
}

/** Each key file, and the directory that holds its name, before `request` leaves. */
export function missingForKeys(
  calls: readonly SystemCall[],
  directory: string,
  request: SystemCall,
): readonly string[] {
  const made = filesMade(calls, (path) => dirname(path) === directory && path.endsWith('.pem'));
  if (made.length === 0) return ['no key was written'];
  return made.flatMap(({ path, opened, written }) => [
    ...(syncedBetween(calls, path, written, request) ? [] : [`${path} before the order`]),
    ...(syncedBetween(calls, directory, opened, request) ? [] : [`${directory} before the order`]),
  ]);
}

/** What the write-ahead log took with `text` in it first, synced before `request` leaves. */
export function missingInStore(
  calls: readonly SystemCall[],
  store: string,
  text: string,
  request: SystemCall,
): readonly string[] {
  const log = `${store}-wal`;
  const written = done(calls, ['pwrite64']).find(
    ({ on, parameters, endedAt }) => on === log && parameters.includes(text) && endedAt < request.beganAt,
  );
  if (written === undefined) return [`"${text}" in the store before the order`];
  return syncedBetween(calls, log, written, request) ? [] : [`${log} before the order`];
}
