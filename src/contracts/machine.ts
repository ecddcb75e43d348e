/** What can be asked of the machine that renewd runs on, beside its files: for `renewd doctor`. Changes nothing. */
import type { FileStat } from './platform.ts';

export interface Space {
  readonly bytesFree: number;
  /** Both 0 on file systems that make inodes as they need them. */
  readonly inodesFree: number;
  readonly inodesTotal: number;
}

export interface Machine {
  /** The effective user. */
  readonly user: { readonly uid: number; readonly name: string };
  readonly nodeVersion: string;
  /** By access(2) for the effective user: access lists, read-only mounts and capabilities count. */
  can(path: string, what: 'read' | 'write' | 'execute'): boolean;
  /** Whether nobody could write there, because of how its file system is mounted. */
  isReadOnly(path: string): boolean;
  /** Follows links; undefined when there is nothing, or it may not be looked at. */
  stat(path: string): FileStat | undefined;
  accountName(kind: 'user' | 'group', id: number): string;
  /** The nearest directory above counts where the path is not there yet. Undefined: it cannot be told. */
  space(path: string): Space | undefined;
  /** A small text file, as below /proc and /sys; undefined when it cannot be read. */
  text(path: string): string | undefined;
  /** What PATH leads a program name to; names with a slash are taken as they are. */
  which(program: string): string | undefined;
  /** Whether a TCP port could be listened on: undefined, or the system's error code (EADDRINUSE, EACCES, …). */
  tryListen(host: string, port: number): Promise<string | undefined>;
  /** Milliseconds of a clock that nobody can set. */
  monotonicMs(): number;
  /**
   * A HEAD for the origin of a URL, without credentials, whatever it answers; or for other schemes only a TCP
   * connection. Rejects with RenewdError `provider-unavailable`, or with the signal's reason.
   */
  greet(url: string, signal: AbortSignal): Promise<{ readonly status?: number; readonly date?: Date }>;
  /** One GET of a page of our own listener; at most 1 MiB. Rejects like `greet`. */
  page(url: string, signal: AbortSignal): Promise<{ readonly status: number; readonly body: string }>;
}
