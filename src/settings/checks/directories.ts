/** Deploy directories: each belongs to one certificate alone, and none lies in another or in the key directory. */
import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Path } from '../diagnostics.ts';
import type { Entry } from '../entry.ts';
import type { CheckContext } from './context.ts';

interface Claim {
  readonly entry: Entry;
  readonly path: Path;
}

/** Resolves links in the part of a path that exists. */
class RealPaths {
  readonly #known = new Map<string, string>();

  of(path: string): string {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    let real: string;
    try {
      real = realpathSync.native(path);
    } catch {
      // Not there yet, or not ours to look at: what is above it decides.
      const parent = dirname(path);
      real = parent === path ? path : join(this.of(parent), basename(path));
    }
    this.#known.set(path, real);
    return real;
  }
}

export function checkDirectories(entries: readonly Entry[], context: CheckContext): void {
  const realPaths = new RealPaths();
  const claims = new Map<string, Claim>();
  for (const entry of entries) {
    for (const [index, { directory }] of entry.draft.deploy.entries()) {
      if (directory === '') continue;
      const claim: Claim = { entry, path: [...entry.path, 'deploy', index, 'directory'] };
      const real = realPaths.of(directory);
      const first = claims.get(real);
      if (first === undefined) claims.set(real, claim);
      else complain(claim, `is the directory of ${describe(first)}, too`);
    }
  }
  for (const [real, claim] of claims) {
    for (
      let parent = dirname(real), below = real;
      parent !== below;
      below = parent, parent = dirname(parent)
    ) {
      const outer = claims.get(parent);
      if (outer !== undefined) {
        complain(claim, `lies inside the directory of ${describe(outer)}`);
        break;
      }
    }
  }
  if (context.keys === undefined) return;
  const keys = realPaths.of(context.keys);
  for (const [real, claim] of claims) {
    if (isInside(real, keys) || isInside(keys, real)) complain(claim, 'overlaps the key directory (`keys`)');
  }
}

function isInside(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
}

function describe({ entry, path }: Claim): string {
  return `certificate ${entry.draft.name ?? '(without a name)'} (${entry.file.where(path)})`;
}

function complain({ entry, path }: Claim, message: string): void {
  entry.file.complain({
    path,
    message,
    hint: 'a directory is switched as a whole: give every set one of its own',
  });
}
