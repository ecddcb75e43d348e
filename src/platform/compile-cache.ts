/**
 * Compiled code kept between starts (node:module): the loader needs a fifth less CPU time. What is in the cache is
 * run, so it is only used in a directory of our own that nobody else can write to; never in the system's /tmp.
 */
import { lstatSync, mkdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { dirname, isAbsolute, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

let used: string | undefined;

/** Where the cache belongs: systemd's CacheDirectory=, else the user's cache directory; undefined: nowhere. */
export function compileCacheDirectory(env: Environment): string | undefined {
  const { CACHE_DIRECTORY, XDG_CACHE_HOME, HOME } = env;
  const base = [CACHE_DIRECTORY?.split(':')[0], XDG_CACHE_HOME, HOME && join(HOME, '.cache')].find(
    (path) => path !== undefined && isAbsolute(path),
  );
  return base === undefined ? undefined : join(base, 'renewd', 'compiled');
}

/** Quiet when it cannot be: everything works without. An operator's own NODE_COMPILE_CACHE or its ban is obeyed. */
export function useCompileCache(env: Environment): void {
  if (env['NODE_COMPILE_CACHE'] !== undefined || env['NODE_DISABLE_COMPILE_CACHE'] !== undefined) return;
  const directory = compileCacheDirectory(env);
  if (directory === undefined || !isOurs(directory)) return;
  enableCompileCache(directory);
  used = directory;
}

/** For a process of ours that is to use the same cache. */
export function compileCacheEnvironment(): Readonly<Record<string, string>> {
  return used === undefined ? {} : { NODE_COMPILE_CACHE: used };
}

/** A directory beside the cache for what else may be kept between starts; undefined when the cache is not in use. */
export function ownCacheDirectory(name: string): string | undefined {
  if (used === undefined) return undefined;
  const directory = join(dirname(used), name);
  return isOurs(directory) ? directory : undefined;
}

function isOurs(directory: string): boolean {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const { uid, mode } = lstatSync(directory);
    return uid === process.getuid?.() && (mode & 0o022) === 0;
  } catch {
    return false;
  }
}
