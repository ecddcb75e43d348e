/**
 * A Files that fails at one chosen write operation: before it is applied, after it, or in the middle. Afterwards it
 * either works again ("error") or the process counts as dead ("crash"): every further operation throws.
 */
import type { Files } from '../../src/contracts/platform.ts';
import { RenewdError } from '../../src/core/errors.ts';

export type FaultMoment = 'before' | 'after' | 'torn';

export interface Fault {
  /** Counted from 0 over all writing operations. */
  readonly index: number;
  readonly moment: FaultMoment;
  readonly aftermath: 'error' | 'crash';
}

export class Crash extends Error {
  override readonly name = 'Crash';
}

export interface FaultyFiles {
  readonly files: Files;
  /** Writing operations so far, for people and for order checks: "rename /a -> /b". */
  readonly operations: readonly string[];
  /** Whether the fault struck. */
  readonly struck: () => boolean;
}

export const everyFault: readonly Omit<Fault, 'index'>[] = (['before', 'after', 'torn'] as const).flatMap(
  (moment) => (['error', 'crash'] as const).map((aftermath) => ({ moment, aftermath })),
);

/** `afterEach` runs between any two operations: the moment another process could look. */
export function faultyFiles(inner: Files, fault?: Fault, afterEach: () => void = () => {}): FaultyFiles {
  const operations: string[] = [];
  let dead = false;
  let struck = false;

  const alive = (): void => {
    if (dead) throw new Crash('the process is dead');
  };
  const fail = (): never => {
    struck = true;
    if (fault?.aftermath === 'crash') {
      dead = true;
      throw new Crash('the process died');
    }
    throw new RenewdError('file-failed', 'injected failure');
  };
  const write = (description: string, apply: () => void, applyHalf?: () => void): void => {
    alive();
    const strikes = operations.length === fault?.index;
    operations.push(description);
    if (strikes && fault.moment === 'before') fail();
    if (strikes && fault.moment === 'torn') {
      applyHalf?.();
      afterEach();
      fail();
    }
    apply();
    afterEach();
    if (strikes) fail();
  };
  const read = <T>(action: () => T): T => {
    alive();
    return action();
  };

  const files: Files = {
    read: (path, maxBytes) => read(() => inner.read(path, maxBytes)),
    lstat: (path) => read(() => inner.lstat(path)),
    stat: (path) => read(() => inner.stat(path)),
    list: (path) => read(() => inner.list(path)),
    readLink: (path) => read(() => inner.readLink(path)),
    freeBytes: (path) => read(() => inner.freeBytes(path)),
    whyUnreadable: (paths, account) => read(() => inner.whyUnreadable(paths, account)),
    makeDirectory: (path, ownership) => write(`mkdir ${path}`, () => inner.makeDirectory(path, ownership)),
    writeNew: (path, content, ownership) =>
      write(
        `write ${path}`,
        () => inner.writeNew(path, content, ownership),
        () => inner.writeNew(path, content.slice(0, Math.floor(content.length / 2)), ownership),
      ),
    symlink: (target, path) => write(`symlink ${path} -> ${target}`, () => inner.symlink(target, path)),
    rename: (from, to) => write(`rename ${from} -> ${to}`, () => inner.rename(from, to)),
    syncDirectory: (path) => write(`sync ${path}`, () => inner.syncDirectory(path)),
    remove: (path) => write(`remove ${path}`, () => inner.remove(path)),
  };
  return { files, operations, struck: () => struck };
}

/** "crash", the code of a RenewdError, or the message of anything else: how an attempt under faults ended. */
export function endingOf(thrown: unknown): string {
  if (thrown instanceof Crash) return 'crash';
  return thrown instanceof RenewdError ? thrown.code : String(thrown);
}
