/**
 * Puts the program together for an installation: `node scripts/bundle.ts [DIRECTORY]`, by default `dist`. A start then reads
 * a few dozen files instead of some hundred (docs/decisions/0014-bundle.md). Packages stay where npm puts them, except for
 * the loader, which is a process of its own and needs three of them each time.
 */
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

interface Program {
  /** Names of the programs and where they begin. */
  readonly input: Readonly<Record<string, string>>;
  /** Packages that become part of it. */
  readonly inlined: readonly string[];
  /** Names of its further files begin so. */
  readonly prefix: string;
}

export const programs: readonly Program[] = [
  {
    input: {
      main: 'src/main.ts',
      'compile-cache': 'src/platform/compile-cache.ts',
      'tls-server': 'src/composition/tls-server.ts',
    },
    inlined: [],
    prefix: '',
  },
  {
    input: { 'child-main': 'src/settings/child-main.ts' },
    inlined: ['croner', 'yaml', 'zod'],
    prefix: 'loader-',
  },
];

/** Replaces `directory`. The same sources give the same files, wherever they lie. */
export async function bundle(directory: string): Promise<void> {
  const target = resolve(directory);
  rmSync(target, { recursive: true, force: true });
  for (const { input, inlined, prefix } of programs) {
    const build = await rolldown({
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      input: { ...input },
      platform: 'node',
      external: (id) =>
        /^(?:node:|@?[a-z])/.test(id) && !inlined.some((name) => `${id}/`.startsWith(`${name}/`)),
    });
    // Two levels below the package, as most sources are: what a module names relative to itself is found.
    const dir = join(target, 'app');
    await build.write({ dir, chunkFileNames: `${prefix}[name]-[hash].js` });
    await build.close();
  }
}

if (import.meta.main) await bundle(process.argv[2] ?? 'dist');
