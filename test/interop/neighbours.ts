/**
 * HAProxy, Apache, PostgreSQL and Dovecot for tests: each with the frame that a distribution gives and the part that
 * docs/deploying.md shows, files under a temp directory, on a port of loopback.
 */
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findAccount } from '../../src/platform/accounts.ts';
import { freePort } from '../builders/free-port.ts';
import { accepts, nginxMissing } from './nginx.ts';
import { postfixMissing } from './postfix.ts';
import { start, until, type Running } from './processes.ts';

const programs = {
  haproxy: '/usr/sbin/haproxy',
  apache2: '/usr/sbin/apache2',
  dovecot: '/usr/sbin/dovecot',
  socat: '/usr/bin/socat',
  setpriv: '/usr/bin/setpriv',
} as const;

const postgresqlPrograms = '/usr/lib/postgresql';

/** Where Debian puts the newest version's programs. */
function postgresqlProgram(name: string): string | undefined {
  if (!existsSync(postgresqlPrograms)) return undefined;
  return readdirSync(postgresqlPrograms)
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(postgresqlPrograms, version, 'bin', name))
    .find((path) => existsSync(path));
}

/** Why the neighbours cannot be used here; undefined when they can. */
export function neighboursMissing(): string | undefined {
  const absent = Object.values(programs).find((path) => !existsSync(path));
  if (absent !== undefined) return `${absent} is not installed`;
  if (postgresqlProgram('postgres') === undefined)
    return 'PostgreSQL (Debian package postgresql) is not installed';
  return nginxMissing() ?? postfixMissing();
}

export interface Neighbour {
  readonly port: number;
  /** What its unit does on a reload, for a shell: `kill` may be no program. */
  readonly reloadCommand: readonly string[];
  log(): string;
  stop(): Promise<void>;
}

interface Plan {
  readonly name: string;
  readonly port: number;
  readonly directory: string;
  readonly argv: readonly string[];
  readonly reload: (running: Running) => readonly string[];
}

function newDirectory(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), `renewd-${name}-`));
  // Their processes give up root and still have to come here.
  chmodSync(directory, 0o755);
  return directory;
}

async function launch({ name, port, directory, argv, reload }: Plan): Promise<Neighbour> {
  const [program = '', ...parameters] = argv;
  const running = start(program, parameters, { cwd: directory });
  const log = (): string => {
    const file = join(directory, 'log');
    return `${running.stdout()}${running.stderr()}${existsSync(file) ? readFileSync(file, 'utf8') : ''}`;
  };
  const stop = async (): Promise<void> => {
    await running.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await until(`${name} listens`, 60_000, () => {
      if (!running.isRunning()) throw new Error(`${name} ended`);
      return accepts(port);
    });
  } catch (error) {
    const said = log();
    await stop();
    throw new Error(`${name} did not start:\n${said}`, { cause: error });
  }
  return { port, reloadCommand: reload(running), log, stop };
}

/** In master-worker mode, as its unit starts it. */
export async function startHaproxy(settings: string): Promise<Neighbour> {
  const directory = newDirectory('haproxy');
  const port = await freePort();
  const file = join(directory, 'haproxy.cfg');
  const frame =
    'defaults\n    mode http\n    timeout client 10s\n    timeout server 10s\n    timeout connect 1s\n\n';
  writeFileSync(file, frame + settings.replaceAll('*:443', `127.0.0.1:${port}`));
  const check = await start(programs.haproxy, ['-c', '-f', file], { cwd: directory }).ended;
  if (check.code !== 0) throw new Error(`haproxy -c refuses it:\n${check.stdout}${check.stderr}`);
  return launch({
    name: 'HAProxy',
    port,
    directory,
    argv: [programs.haproxy, '-W', '-db', '-f', file],
    reload: ({ pid }) => ['kill', '-USR2', String(pid)],
  });
}

export async function startApache(settings: string): Promise<Neighbour> {
  const directory = newDirectory('apache');
  const port = await freePort();
  const file = join(directory, 'apache2.conf');
  const modules = ['mpm_event', 'authz_core', 'ssl'].map(
    (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
  );
  mkdirSync(join(directory, 'html'));
  const frame = [
    `ServerRoot ${directory}`,
    'ServerName localhost',
    `DefaultRuntimeDir ${directory}`,
    `PidFile ${directory}/pid`,
    `ErrorLog ${directory}/log`,
    `Mutex file:${directory} default`,
    ...modules,
    'User www-data',
    'Group www-data',
    `DocumentRoot ${directory}/html`,
    `Listen 127.0.0.1:${port}`,
    '',
  ];
  writeFileSync(file, frame.join('\n') + settings.replaceAll('*:443', `*:${port}`));
  const argv = [programs.apache2, '-f', file];
  return launch({
    name: 'Apache',
    port,
    directory,
    argv: [...argv, '-D', 'FOREGROUND'],
    reload: () => [...argv, '-k', 'graceful'],
  });
}

const asPostgres = [programs.setpriv, '--reuid=postgres', '--regid=postgres', '--init-groups'] as const;

export async function startPostgresql(settings: string): Promise<Neighbour> {
  const directory = newDirectory('postgresql');
  const port = await freePort();
  const data = join(directory, 'data');
  mkdirSync(data, { mode: 0o700 });
  giveTo('postgres', data);
  const [server = '', initdb = ''] = ['postgres', 'initdb'].map((name) => postgresqlProgram(name));
  const [setpriv, ...flags] = asPostgres;
  // Not waited for in one piece: the other servers are being started, too.
  const made = await start(
    setpriv,
    [...flags, initdb, '-D', data, '-A', 'trust', '--no-locale', '--no-sync'],
    {
      cwd: directory,
    },
  ).ended;
  if (made.code !== 0) throw new Error(`initdb ended with ${made.code}:\n${made.stdout}${made.stderr}`);
  const frame = `listen_addresses = '127.0.0.1'\nport = ${port}\nunix_socket_directories = ''\nfsync = off\n`;
  writeFileSync(join(data, 'postgresql.conf'), frame + settings);
  return launch({
    name: 'PostgreSQL',
    port,
    directory,
    argv: [...asPostgres, server, '-D', data],
    reload: ({ pid }) => ['kill', '-HUP', String(pid)],
  });
}

export async function startDovecot(settings: string): Promise<Neighbour> {
  const directory = newDirectory('dovecot');
  const port = await freePort();
  const file = join(directory, 'dovecot.conf');
  const frame = [
    `base_dir = ${directory}/run`,
    `state_dir = ${directory}/state`,
    `log_path = ${directory}/log`,
    'listen = 127.0.0.1',
    'protocols = imap',
    `mail_location = maildir:${directory}/mail/%u`,
    'service imap-login {',
    `  inet_listener imap { `,
    `    port = ${port}`,
    '  }',
    '  inet_listener imaps {',
    '    port = 0',
    '  }',
    '}',
    'passdb {',
    '  driver = static',
    '  args = password=unused',
    '}',
    '',
  ];
  writeFileSync(file, frame.join('\n') + settings);
  return launch({
    name: 'Dovecot',
    port,
    directory,
    argv: [programs.dovecot, '-F', '-c', file],
    reload: ({ pid }) => ['kill', '-HUP', String(pid)],
  });
}

/** A path and what lies in it. */
export function giveTo(user: string, path: string): void {
  const uid = findAccount(readFileSync('/etc/passwd', 'utf8'), user);
  if (uid === undefined) throw new Error(`there is no user ${user}`);
  chownSync(path, uid, -1);
  for (const name of readdirSync(path)) chownSync(join(path, name), uid, -1);
}
