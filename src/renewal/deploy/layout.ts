/**
 * Where things are in a deploy directory. Modelled on the volumes of Kubernetes: one rename switches everything.
 *
 * ```
 * <directory>/                                    a real directory
 *   .sets/<version>/{privkey,cert,chain,fullchain,combined}.pem    complete, never changed again
 *   .current  -> .sets/<version>                  the one switch
 *   .previous -> .sets/<version>                  what .current was before; for a rollback after a crash
 *   privkey.pem -> .current/privkey.pem           made once; and so on for the others, and for further files
 * ```
 *
 * A server configured with the stable names reads the new pair at its next reload. A program that reads two files at
 * its own time should resolve `.current` once and read both below the result: between two opens of stable names the
 * switch may happen. `combined.pem` is one file and needs no such care.
 */
import { RenewdError } from '../../core/errors.ts';

const setsName = '.sets';
export const currentName = '.current';
const previousName = '.previous';
/** Everything unfinished begins with it and may be removed by the next deployment. */
export const temporaryPrefix = '.renewd-tmp-';
/** Sets made from files that were there before renewd. */
export const adoptedVersion = '0-adopted';

/** Key, certificate and chain are some 15 KiB together. */
export const deployedBytesMax = 1024 * 1024;

const versionPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

export interface Layout {
  readonly directory: string;
  readonly sets: string;
  readonly current: string;
  readonly previous: string;
}

export function layoutOf(directory: string): Layout {
  return {
    directory,
    sets: `${directory}/${setsName}`,
    current: `${directory}/${currentName}`,
    previous: `${directory}/${previousName}`,
  };
}

export function requireVersion(version: string): void {
  if (!versionPattern.test(version))
    throw new RenewdError('deploy-failed', `"${version}" is not a set version`);
}

/** Target of a link to a set, relative so that the directory can be mounted elsewhere. */
export function linkTarget(version: string): string {
  return `${setsName}/${version}`;
}

/** The version a link target names, or undefined when it is not one of ours. */
export function versionOfTarget(target: string): string | undefined {
  const prefix = `${setsName}/`;
  const version = target.startsWith(prefix) ? target.slice(prefix.length) : '';
  return versionPattern.test(version) ? version : undefined;
}
