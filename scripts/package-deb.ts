/**
 * Builds the Debian package: `npm run package:deb [-- --output DIR --revision 1 --compression zstd]`. It contains the compiled
 * program, its locked production dependencies and the locked Node, all from this checkout after `npm ci`; the network is
 * not asked. The same commit gives the same file: every moment in it is SOURCE_DATE_EPOCH, or else the last commit's.
 * Prints the path of the package.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { controlFile, copyrightFile, debianChangelog, md5sums, type PackageFacts } from './deb/control.ts';
import { bundledNode, conffiles, makeTree, normalize, productionDependencies } from './deb/tree.ts';

const source = fileURLToPath(new URL('..', import.meta.url));
const documents = 'usr/share/doc/renewd';
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
const compressions = new Set(['none', 'gzip', 'xz', 'zstd']);

function changedAt(): Date {
  const given = process.env['SOURCE_DATE_EPOCH'];
  const seconds =
    given ?? execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: source, encoding: 'utf8' }).trim();
  if (!/^\d{1,11}$/.test(seconds))
    throw new Error(`SOURCE_DATE_EPOCH is not a number of seconds: ${seconds}`);
  return new Date(Number(seconds) * 1000);
}

async function build(root: string, revision: string): Promise<PackageFacts> {
  const manifest = z
    .object({ version: z.string(), description: z.string() })
    .parse(JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')));
  const at = changedAt();
  const touch = (path: string): void => lutimesSync(path, at, at);
  const dependencies = productionDependencies(source);
  const node = bundledNode(source);
  await makeTree({ source, target: root, dependencies, nodeDirectory: node.directory });
  const facts = {
    version: `${manifest.version}-${revision}`,
    architecture: architectures[process.arch] ?? process.arch,
    description: manifest.description,
    nodeVersion: node.version,
    installedBytes: 0,
    changedAt: at,
  };
  writeFileSync(join(root, documents, 'changelog.Debian.gz'), gzipSync(debianChangelog(facts), { level: 9 }));
  writeFileSync(join(root, documents, 'copyright'), copyrightFile(dependencies, node.version));
  const files = normalize(root, touch);
  const installedBytes = files.reduce((sum, path) => sum + statSync(join(root, path)).size, 0);

  const control = join(root, 'DEBIAN');
  mkdirSync(control);
  writeFileSync(join(control, 'control'), controlFile({ ...facts, installedBytes }));
  writeFileSync(join(control, 'conffiles'), conffiles.map((path) => `/${path}\n`).join(''));
  writeFileSync(
    join(control, 'md5sums'),
    md5sums(
      root,
      files.filter((path) => !conffiles.some((conffile) => conffile === path)),
    ),
  );
  for (const name of ['control', 'conffiles', 'md5sums']) chmodSync(join(control, name), 0o644);
  for (const name of ['postinst', 'prerm', 'postrm']) {
    cpSync(join(source, 'packaging/debian', name), join(control, name));
    chmodSync(join(control, name), 0o755);
  }
  chmodSync(control, 0o755);
  return { ...facts, installedBytes };
}

const { values } = parseArgs({
  options: {
    output: { type: 'string', default: '.' },
    revision: { type: 'string', default: '1' },
    // Debian 12 reads it; xz takes two minutes of CPU time more.
    compression: { type: 'string', default: 'zstd' },
  },
});
if (!/^[A-Za-z0-9.+~]+$/.test(values.revision)) throw new Error('--revision: letters, digits, . + ~');
if (!compressions.has(values.compression))
  throw new Error(`--compression: one of ${[...compressions].join(', ')}`);
const staging = mkdtempSync(join(tmpdir(), 'renewd-deb-'));
try {
  const root = join(staging, 'root');
  mkdirSync(root);
  const facts = await build(root, values.revision);
  const output = resolve(values.output);
  mkdirSync(output, { recursive: true });
  const path = join(output, `renewd_${facts.version}_${facts.architecture}.deb`);
  execFileSync(
    'dpkg-deb',
    // All files belong to root, whoever builds.
    ['--root-owner-group', `-Z${values.compression}`, '--build', root, path],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, SOURCE_DATE_EPOCH: String(facts.changedAt.getTime() / 1000) },
    },
  );
  process.stdout.write(`${path}\n`);
} finally {
  rmSync(staging, { recursive: true, force: true });
}
