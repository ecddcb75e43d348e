/** The world as renewd sees it: handed in, so that a whole day can be run by hand in a test. */

import type { ReloadSignal } from '../core/certificate.ts';

export interface Clock {
  now(): Date;
  /** Resolves after `ms` (at most 2^31−1), rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  bytes(count: number): Uint8Array;
  /** Uniform in [0, 1). */
  fraction(): number;
}

export interface FileStat {
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
  readonly mode: number;
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  /** Numeric owner and group; absent where an implementation keeps none. */
  readonly uid?: number;
  readonly gid?: number;
}

export interface Ownership {
  readonly mode: number;
  /** User and group names or numeric ids; absent: unchanged. */
  readonly owner?: string;
  readonly group?: string;
}

export interface Account {
  /** Name or number. */
  readonly user: string;
  /** Primary group, by name or number; absent: that of the user. Supplementary groups count too. */
  readonly group?: string;
}

/**
 * The few file operations whose order matters. Every method throws RenewdError kind `local` with path and reason.
 * The write points of the fault tests.
 */
export interface Files {
  /** Bytes, or undefined when there is no such file. Refuses files over `maxBytes`. */
  read(path: string, maxBytes: number): Uint8Array | undefined;
  /** Does not follow a final symlink. */
  lstat(path: string): FileStat | undefined;
  stat(path: string): FileStat | undefined;
  list(path: string): readonly string[];
  readLink(path: string): string | undefined;
  /**
   * Creates it, and missing parents with mode 0755; one that exists is left as it is. Its name in the parent is durable
   * after `syncDirectory` of the parent.
   */
  makeDirectory(path: string, ownership: Ownership): void;
  /** Create (never overwrite), write all, set owner and mode before content is visible, fsync. */
  writeNew(path: string, content: string | Uint8Array, ownership: Ownership): void;
  symlink(target: string, path: string): void;
  rename(from: string, to: string): void;
  /** fsync a directory, so that renames and new names in it survive a power cut. */
  syncDirectory(path: string): void;
  /** Removes a file, link or whole directory tree; quiet when absent. */
  remove(path: string): void;
  /** Free bytes of the file system that holds `path`. */
  freeBytes(path: string): number;
  /** Why an account cannot read one of these files, for people: which part of which path forbids it. Undefined: it can. */
  whyUnreadable(paths: readonly string[], account: Account): string | undefined;
}

export interface ProcessResult {
  /** null when ended by a signal. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  /** Bounded; stdout and stderr as they came, at most 16 KiB each. */
  readonly stdout: string;
  readonly stderr: string;
}

/** Servers beside us that are told to reload. Both throw RenewdError `reload-failed` with the reason. */
export interface Neighbours {
  signal(pidFile: string, signal: ReloadSignal): void;
  /** Resolves with what HAProxy's master process answered, at most 16 KiB; empty up to HAProxy 2.6. */
  reloadHaproxy(socket: string, timeoutMs: number, abort: AbortSignal | undefined): Promise<string>;
}

export interface Processes {
  /** Absent: nobody beside us can be told. */
  readonly neighbours?: Neighbours;
  /** Runs a program without a shell. Rejects with RenewdError `reload-failed` only when it cannot be started at all. */
  run(
    argv: readonly string[],
    options: {
      readonly timeoutMs: number;
      readonly env?: Readonly<Record<string, string>>;
      /** What it can read on its standard input; absent: nothing. It may end without reading it. */
      readonly input?: string;
      readonly signal?: AbortSignal;
    },
  ): Promise<ProcessResult>;
}

/**
 * Work on files and store waits for nothing and so never lets go of the event loop by itself: a hundred certificates
 * that come at once would keep timers, answers and the status page waiting until the last of them is in place.
 */
export interface Slices {
  /** More was done since the last turn of everything else than one slice holds. */
  isOver(): boolean;
  /** Resolves in a new slice, or in the present one if those who waited before left room in it. In order. */
  next(): Promise<void>;
}

/** A listening socket that whoever started us opened and passed on, as systemd does for socket units (sd_listen_fds(3)). */
export interface PassedSocket {
  /** `FileDescriptorName=` of the socket unit; several sockets may have the same. */
  readonly name: string;
  readonly fd: number;
}

/** The part of pino that is used. Messages are static; data goes into fields. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(bindings: object): Logger;
}
