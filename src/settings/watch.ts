/**
 * Notices that configuration files changed, appeared or went away. Two ways, because neither is enough: the system's
 * notices (fast, but missing on some network and overlay file systems), and a comparison of size, time and inode on each
 * pass. Whether the change is a good one is for the loader to say.
 */
import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../contracts/platform.ts';
import { stampsOf, type FileStamps } from './inventory-files.ts';

export interface ConfigWatcherOptions {
  /** Of the files that the configuration in use was made from, by absolute path; a file need not exist. */
  readonly stamps: FileStamps;
  /** Absolute patterns of the inventory. */
  readonly globs: readonly string[];
  /** Called once for each change that was noticed, after things have been quiet for a moment. Must not throw. */
  readonly onChange: () => void;
  readonly clock: Pick<Clock, 'sleep'>;
}

export interface ConfigWatcher {
  /** Compares at once; for each pass of the scheduler. True when something changed (`onChange` was called). */
  check(): boolean;
  /** A load begins: the present state will be in it, and is no news any more. */
  loading(): void;
  /** A load is over, with what it saw: what changed since it looked is news. */
  loaded(seen: Pick<ConfigWatcherOptions, 'stamps' | 'globs'>): void;
  close(): void;
}

/** Quiet time after a notice before files are compared. */
const quietMs = 250;

/** Editors and deployment tools write in steps; a burst of more notices than this is looked at anyway. */
const maxPostponements = 20;

function isSame(a: FileStamps, b: FileStamps): boolean {
  const paths = Object.keys(a);
  return paths.length === Object.keys(b).length && paths.every((path) => a[path] === b[path]);
}

/** The part of a pattern before its first wildcard: the directory in which files may appear. */
function baseOf(pattern: string): string {
  const wild = pattern.search(/[*?[\]{}!]/);
  return wild === -1 ? dirname(pattern) : dirname(`${pattern.slice(0, wild)}x`);
}

export function createConfigWatcher(options: ConfigWatcherOptions): ConfigWatcher {
  const { onChange, clock } = options;
  let { stamps: known, globs } = options;
  let watchers: FSWatcher[] = [];
  let waiting: AbortController | undefined;
  let postponements = 0;
  let isClosed = false;

  const look = (): FileStamps => stampsOf(Object.keys(known), globs);

  const check = (): boolean => {
    if (isClosed) return false;
    const found = look();
    if (isSame(found, known)) return false;
    known = found;
    onChange();
    return true;
  };

  const settle = async (signal: AbortSignal): Promise<void> => {
    try {
      await clock.sleep(quietMs, signal);
    } catch {
      // A later notice took over, or the watcher was closed.
      return;
    }
    postponements = 0;
    waiting = undefined;
    check();
  };

  const notice = (): void => {
    if (isClosed) return;
    if (waiting !== undefined && postponements >= maxPostponements) return;
    postponements += waiting === undefined ? 0 : 1;
    waiting?.abort();
    waiting = new AbortController();
    void settle(waiting.signal);
  };

  const stopWatching = (): void => {
    for (const watcher of watchers) watcher.close();
    watchers = [];
  };

  const startWatching = (): void => {
    stopWatching();
    // Directories, not files: a file that is replaced by a rename takes its watch along.
    for (const directory of new Set([
      ...Object.keys(known).map((file) => dirname(file)),
      ...globs.map(baseOf),
    ])) {
      try {
        const watcher = watch(directory, { persistent: false }, notice);
        // A directory that goes away, or no watches left: the comparison on each pass remains.
        watcher.on('error', () => watcher.close());
        watchers.push(watcher);
      } catch {
        // Not there, not ours, or no watches left: the comparison on each pass remains.
      }
    }
  };

  startWatching();
  return {
    check,
    loading() {
      known = look();
    },
    loaded(seen) {
      known = seen.stamps;
      globs = seen.globs;
      startWatching();
    },
    close() {
      isClosed = true;
      waiting?.abort();
      stopWatching();
    },
  };
}
