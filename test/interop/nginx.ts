/** nginx for tests: master and workers, own configuration and files under a temp directory, on a port of loopback. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:net';
import { freePort } from '../builders/free-port.ts';
import { start, until } from './processes.ts';

const program = '/usr/sbin/nginx';

/** Why nginx cannot be used here; undefined when it can. */
export function nginxMissing(): string | undefined {
  const { error } = spawnSync(program, ['-v'], { stdio: 'ignore' });
  return error === undefined ? undefined : 'nginx (Debian package nginx-light or nginx) is not installed';
}

export interface NginxServer {
  readonly names: readonly string[];
  /** With fullchain.pem and privkey.pem. */
  readonly directory: string;
}

export interface Nginx {
  readonly port: number;
  /** Program and arguments, for a `reload` that knows no shell. */
  readonly reloadCommand: readonly string[];
  /** What it printed, for failures. */
  log(): string;
  stop(): Promise<void>;
}

function configuration(directory: string, port: number, servers: readonly (NginxServer | string)[]): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `  ${name}_temp_path ${join(directory, name)};`,
  );
  const blocks = servers.map((server) => {
    if (typeof server === 'string') return server.replaceAll(/\b443\b/g, `127.0.0.1:${port}`);
    const { names, directory: set } = server;
    return `
  server {
    listen 127.0.0.1:${port} ssl;
    server_name ${names.join(' ')};
    ssl_certificate ${set}/fullchain.pem;
    ssl_certificate_key ${set}/privkey.pem;
    location / { return 200 "ok\\n"; }
  }`;
  });
  return `
daemon off; master_process on; worker_processes 2;
pid ${join(directory, 'nginx.pid')};
error_log stderr notice;
events { worker_connections 512; }
http {
  access_log off;
${temporary.join('\n')}
  ssl_session_cache off; ssl_session_tickets off;
${blocks.join('\n')}
}
`;
}

export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** @param servers each as a description, or as a `server` block that listens on port 443 */
export async function startNginx(servers: readonly (NginxServer | string)[]): Promise<Nginx> {
  const directory = mkdtempSync(join(tmpdir(), 'renewd-nginx-'));
  mkdirSync(join(directory, 'logs'));
  const port = await freePort();
  const path = join(directory, 'nginx.conf');
  writeFileSync(path, configuration(directory, port, servers));
  const flags = ['-p', directory, '-c', path, '-e', 'stderr'];
  const running = start(program, flags, { cwd: directory });
  const stop = async (): Promise<void> => {
    await running.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await until('nginx listens', 60_000, () => {
      if (!running.isRunning()) throw new Error('nginx ended');
      return accepts(port);
    });
  } catch (error) {
    await stop();
    throw new Error(`nginx did not start:\n${running.stderr()}`, { cause: error });
  }
  return {
    port,
    reloadCommand: [program, ...flags, '-s', 'reload'],
    log: () => running.stderr(),
    stop,
  };
}
