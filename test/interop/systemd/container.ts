/**
 * A Debian with systemd in a container of systemd-nspawn: built once from Debian packages and kept beside the temporary files,
 * booted over a layer in memory, so that no run sees another's traces.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { start } from '../processes.ts';

/** The oldest systemd that the units are for is that of Debian 12. */
const suite = 'bookworm';
const packages = ['systemd-sysv', 'dbus', 'adduser', 'libstdc++6'];
const settings = [
  '--variant=essential',
  `--include=${packages.join(',')}`,
  '--aptopt=Acquire::Languages "none"',
  // It is a throw-away: nothing has to survive a power cut.
  '--dpkgopt=force-unsafe-io',
  ...['doc', 'man', 'locale'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
];

/** Why there can be no such container here; undefined when there can. */
export function containerMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can boot a container';
  for (const [program, from] of [
    ['systemd-nspawn', 'systemd-container'],
    ['mmdebstrap', 'mmdebstrap'],
    ['dpkg-deb', 'dpkg'],
  ] as const)
    if (spawnSync(program, ['--version'], { stdio: 'ignore' }).error !== undefined)
      return `${program} (Debian package ${from}) is not installed`;
  return undefined;
}

/** What this machine itself takes Debian packages from, where it is the same Debian; else mmdebstrap's own default. */
function mirrors(): readonly string[] {
  const known = '/etc/apt/sources.list.d/debian.sources';
  return existsSync(known) && readFileSync(known, 'utf8').includes(`Suites: ${suite} `) ? [known] : [];
}

/** Only root may look into the directory around it: there are set-user-ID programs inside. */
function isOurs(directory: string): boolean {
  const { uid, mode } = lstatSync(directory);
  return uid === 0 && (mode & 0o077) === 0;
}

/** Runs a program to its end, with our own environment: proxies, TMPDIR. Returns what it printed; throws when it fails. */
export async function runToEnd(
  program: string,
  parameters: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const own = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const { code, stdout, stderr } = await start(program, parameters, {
    env: { ...Object.fromEntries(own), ...env },
  }).ended;
  if (code !== 0) throw new Error(`${program} failed (${code}):\n${stdout}\n${stderr}`);
  return stdout;
}

/** Makes the tree unless an earlier run did. Takes half a minute and the network. */
export async function debianTree(): Promise<string> {
  const hash = createHash('sha256')
    .update(JSON.stringify([suite, settings]))
    .digest('hex')
    .slice(0, 12);
  const cache = join(tmpdir(), `renewd-debian-tree-${hash}`);
  if (existsSync(cache)) {
    if (!isOurs(cache)) throw new Error(`${cache} was made by somebody else; remove it`);
    return join(cache, 'root');
  }
  const making = mkdtempSync(join(tmpdir(), 'renewd-debian-tree-'));
  try {
    await runToEnd('mmdebstrap', ['--quiet', ...settings, suite, join(making, 'root'), ...mirrors()]);
    renameSync(making, cache);
  } catch (thrown) {
    rmSync(making, { recursive: true, force: true });
    // Another run was faster.
    if (!existsSync(cache)) throw thrown;
  }
  return join(cache, 'root');
}

export interface Boot {
  /** Left as it is. */
  readonly tree: string;
  /** Mounted as /scenario; its `scenario.service` is the one thing that is started beside the system, and powers it off. */
  readonly scenario: string;
  readonly timeoutMs: number;
}

/** Boots, waits for the power-off, and returns what was printed on the console. */
export async function boot({ tree, scenario, timeoutMs }: Boot): Promise<string> {
  const running = start('flock', [
    // Another run on this machine would share our control groups: one after the other.
    '--no-fork',
    join(dirname(tree), 'lock'),
    'systemd-nspawn',
    '--quiet',
    '--boot',
    // Neither known to nor looked after by this machine's own systemd, which may not be there at all.
    '--register=no',
    '--keep-unit',
    '--private-network',
    '--volatile=overlay',
    '--console=pipe',
    `--machine=renewd-${process.pid}`,
    `--directory=${tree}`,
    `--bind=${scenario}:/scenario`,
    `--bind-ro=${join(scenario, 'scenario.service')}:/etc/systemd/system/scenario.service`,
    'systemd.unit=multi-user.target',
    'systemd.wants=scenario.service',
  ]);
  const timer = setTimeout(() => void running.stop(), timeoutMs);
  const { stdout, stderr } = await running.ended;
  clearTimeout(timer);
  return stdout + stderr;
}

/** "=== name" lines with what follows them. */
export function evidenceOf(text: string): ReadonlyMap<string, string> {
  const parts = text.split(/^=== (.+)\n/m).slice(1);
  return new Map(
    Array.from({ length: parts.length / 2 }, (_, index) => [
      parts[2 * index] ?? '',
      (parts[2 * index + 1] ?? '').trim(),
    ]),
  );
}
