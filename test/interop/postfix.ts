/** Postfix for tests: own configuration, queue and mailboxes under a temp directory, on a port of loopback, TLS required. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../builders/free-port.ts';
import { start, until } from './processes.ts';

const program = '/usr/sbin/postfix';
const mailDomain = 'mailbox.test';

/** Why Postfix cannot be used here; undefined when it can. */
export function postfixMissing(): string | undefined {
  if (spawnSync(program, ['-h'], { stdio: 'ignore' }).error !== undefined)
    return 'postfix (Debian package postfix) is not installed';
  return process.getuid?.() === 0 ? undefined : 'postfix can only be started by root';
}

function idOf(flag: '-u' | '-g'): number {
  const { stdout } = spawnSync('id', [flag, 'postfix'], { encoding: 'utf8' });
  return Number(stdout.trim());
}

export interface Postfix {
  readonly port: number;
  /** Everybody there has one mailbox. */
  readonly address: string;
  /** Program and arguments that make it read its configuration and certificates anew. */
  readonly reloadCommand: readonly string[];
  /** Mails that were delivered, as they lie in the mailbox. */
  mails(): readonly string[];
  log(): string;
  stop(): Promise<void>;
}

function mainFile(directory: string, uid: number, gid: number, tlsSettings: string): string {
  const settings: Readonly<Record<string, string | number>> = {
    compatibility_level: '3.6',
    queue_directory: join(directory, 'queue'),
    data_directory: join(directory, 'data'),
    maillog_file: join(directory, 'postfix.log'),
    maillog_file_prefixes: directory,
    myhostname: 'mail.test',
    mydestination: '',
    mynetworks: '127.0.0.0/8',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    alias_maps: '',
    alias_database: '',
    default_transport: 'error:there is no way out',
    virtual_mailbox_domains: mailDomain,
    virtual_mailbox_base: join(directory, 'mail'),
    virtual_mailbox_maps: 'static:all/',
    virtual_minimum_uid: 1,
    virtual_uid_maps: `static:${uid}`,
    virtual_gid_maps: `static:${gid}`,
    smtpd_relay_restrictions: 'reject_unauth_destination',
    smtpd_tls_received_header: 'yes',
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`);
  return `${lines.join('')}${tlsSettings}`;
}

function masterFile(port: number): string {
  return [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    'cleanup unix n - n - 0 cleanup',
    'qmgr unix n - n 300 1 qmgr',
    'pickup unix n - n 60 1 pickup',
    'tlsmgr unix - - n 1000? 1 tlsmgr',
    'rewrite unix - - n - - trivial-rewrite',
    'bounce unix - - n - 0 bounce',
    'defer unix - - n - 0 bounce',
    'trace unix - - n - 0 bounce',
    'verify unix - - n - 1 verify',
    'flush unix n - n 1000? 0 flush',
    'proxymap unix - - n - - proxymap',
    'error unix - - n - - error',
    'retry unix - - n - - error',
    'virtual unix - n n - - virtual',
    'anvil unix - - n - 1 anvil',
    'scache unix - - n - 1 scache',
    'postlog unix-dgram n - n - 1 postlogd',
    '',
  ].join('\n');
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', (chunk: Buffer) => {
      socket.end('QUIT\r\n');
      resolve(chunk.toString().startsWith('220'));
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}

function readAll(directory: string): readonly string[] {
  try {
    return readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'));
  } catch {
    // Made with the first mail.
    return [];
  }
}

/** With key and certificate in PEM, or with the lines of main.cf that say where they are. */
export type PostfixTls = { readonly key: string; readonly cert: string } | { readonly settings: string };

function tlsSettingsOf(tls: PostfixTls, directory: string): string {
  if ('settings' in tls) return tls.settings;
  writeFileSync(join(directory, 'cert.pem'), tls.cert);
  writeFileSync(join(directory, 'key.pem'), tls.key, { mode: 0o600 });
  return [
    'smtpd_tls_security_level = encrypt',
    `smtpd_tls_cert_file = ${join(directory, 'cert.pem')}`,
    `smtpd_tls_key_file = ${join(directory, 'key.pem')}`,
    '',
  ].join('\n');
}

export async function startPostfix(tls: PostfixTls): Promise<Postfix> {
  const directory = mkdtempSync(join(tmpdir(), 'renewd-postfix-'));
  const [uid, gid] = [idOf('-u'), idOf('-g')];
  // Its processes give up root and still have to come here.
  chmodSync(directory, 0o755);
  for (const name of ['queue', 'data', 'mail', 'etc']) mkdirSync(join(directory, name), { mode: 0o755 });
  for (const name of ['data', 'mail']) chownSync(join(directory, name), uid, gid);
  const port = await freePort();
  const etc = join(directory, 'etc');
  writeFileSync(join(etc, 'main.cf'), mainFile(directory, uid, gid, tlsSettingsOf(tls, directory)));
  writeFileSync(join(etc, 'master.cf'), masterFile(port));
  const running = start(program, ['-c', etc, 'start-fg'], { cwd: directory });
  const log = (): string =>
    `${running.stderr()}${readAll(directory)
      .filter((text) => text.includes('postfix/'))
      .join('')}`;
  const stop = async (): Promise<void> => {
    // The program that was started is a script; its master ends with this.
    spawnSync(program, ['-c', etc, 'stop'], { stdio: 'ignore', timeout: 20_000 });
    await running.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await until('Postfix greets', 60_000, () => {
      if (!running.isRunning()) throw new Error('Postfix ended');
      return greets(port);
    });
  } catch (error) {
    const said = log();
    await stop();
    throw new Error(`Postfix did not start:\n${said}`, { cause: error });
  }
  return {
    port,
    address: `ops@${mailDomain}`,
    reloadCommand: [program, '-c', etc, 'reload'],
    mails: () => readAll(join(directory, 'mail', 'all', 'new')),
    log,
    stop,
  };
}
