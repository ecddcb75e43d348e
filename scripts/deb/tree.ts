/** Puts what the package contains into a directory, as it will lie on the machine. Needs no network. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { bundle } from '../bundle.ts';
import type { Dependency } from './control.ts';
import { shellFiles } from './shell-files.ts';

const home = 'usr/lib/renewd';
const documents = 'usr/share/doc/renewd';
const units = 'usr/lib/systemd/system';

/** Preserved by dpkg when the operator changed them. */
export const conffiles = ['etc/renewd/renewd.yaml', 'etc/renewd/inventory.d/example.yaml'] as const;

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string(),
      license: z.string().default('see package.json'),
      dev: z.boolean().default(false),
      optional: z.boolean().default(false),
      devOptional: z.boolean().default(false),
    }),
  ),
});

/** What the lockfile wants in production, as it lies in node_modules. Throws when something is not installed. */
export function productionDependencies(source: string): readonly Dependency[] {
  const lock = lockSchema.parse(JSON.parse(readFileSync(join(source, 'package-lock.json'), 'utf8')));
  const wanted = Object.entries(lock.packages).flatMap(([path, { version, license, ...kind }]) =>
    path === '' || kind.dev || kind.optional || kind.devOptional ? [] : [{ path, version, license }],
  );
  const missing = wanted.filter(({ path }) => !existsSync(join(source, path, 'package.json')));
  if (missing.length > 0)
    throw new Error(`not installed: ${missing.map(({ path }) => path).join(', ')}; run "npm ci" first`);
  return wanted;
}

/** The locked runtime of this machine's processor. */
export function bundledNode(source: string): { readonly directory: string; readonly version: string } {
  const directory = join(source, 'node_modules', `node-linux-${process.arch}`);
  const manifest = join(directory, 'package.json');
  if (!existsSync(manifest))
    throw new Error(
      `there is no locked Node for ${process.platform} on ${process.arch}; run "npm ci" on Linux`,
    );
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(manifest, 'utf8')));
  return { directory, version };
}

export interface TreeParts {
  /** The checkout. */
  readonly source: string;
  /** Empty. */
  readonly target: string;
  readonly dependencies: readonly Dependency[];
  readonly nodeDirectory: string;
}

export async function makeTree({ source, target, dependencies, nodeDirectory }: TreeParts): Promise<void> {
  const place = (path: string): string => {
    const absolute = join(target, path);
    mkdirSync(dirname(absolute), { recursive: true });
    return absolute;
  };
  const copy = (from: string, to: string): void => cpSync(join(source, from), place(to), { recursive: true });
  const gzip = (from: string, to: string): void =>
    writeFileSync(place(to), gzipSync(readFileSync(join(source, from)), { level: 9 }));

  execFileSync(
    process.execPath,
    [join(source, 'node_modules/typescript/bin/tsc'), '-p', join(source, 'tsconfig.build.json'), '--noEmit'],
    { stdio: 'inherit' },
  );
  await bundle(place(`${home}/dist`));
  for (const path of ['config', 'package.json', 'LICENSE']) copy(path, `${home}/${path}`);
  for (const { path } of dependencies) {
    cpSync(join(source, path), place(`${home}/${path}`), {
      recursive: true,
      // Packages inside of packages have lines of their own in the lockfile.
      filter: (from) => !from.slice(join(source, path).length).includes('/node_modules'),
    });
  }
  cpSync(join(nodeDirectory, 'bin/node'), place(`${home}/node`));
  cpSync(join(nodeDirectory, 'LICENSE'), place(`${home}/LICENSE.node`));
  // Not whatever `node` the PATH has.
  const program = readFileSync(join(source, 'bin/renewd.js'), 'utf8');
  writeFileSync(place(`${home}/bin/renewd.js`), program.replace(/^#!.*$/m, `#!/${home}/node`));
  symlinkSync(`../lib/renewd/bin/renewd.js`, place('usr/bin/renewd'));

  for (const name of readdirSync(join(source, 'systemd')))
    if (!name.endsWith('.d')) copy(`systemd/${name}`, `${units}/${name}`);
  // Beside the program: in the units' own directory it would be in force, and documents may be left out.
  copy('systemd/renewd.service.d', `${home}/systemd/renewd.service.d`);
  copy('packaging/debian/renewd.yaml', conffiles[0]);
  copy('packaging/debian/inventory.yaml', conffiles[1]);

  copy('docs', `${documents}/docs`);
  copy('README.md', `${documents}/README.md`);
  gzip('CHANGELOG.md', `${documents}/changelog.gz`);
  for (const [path, content] of Object.entries(shellFiles(source))) writeFileSync(place(path), content);
}

/** Modes by what a file is, not by the builder's umask; every moment the same. Returns the regular files, sorted. */
export function normalize(root: string, touch: (path: string) => void): readonly string[] {
  const files: string[] = [];
  const programs = new Set([`${home}/node`, `${home}/bin/renewd.js`]);
  const visit = (directory: string): void => {
    for (const entry of readdirSync(join(root, directory), { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) {
        visit(path);
      } else if (entry.isFile()) {
        chmodSync(join(root, path), programs.has(path) ? 0o755 : 0o644);
        files.push(path);
      }
      touch(join(root, path));
    }
    chmodSync(join(root, directory), 0o755);
  };
  visit('.');
  touch(root);
  return files.map((path) => path.replace(/^\.\//, '')).sort();
}
