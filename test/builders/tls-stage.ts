/**
 * A TLS server that serves what lies in deploy directories, as of its last reload: which directory is chosen by the name
 * that the client asks for. One of its kind stands for every web server that renewd deploys to.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { X509Certificate } from 'node:crypto';
import { createSecureContext, createServer, type SecureContext } from 'node:tls';
import type { ProcessResult, Processes } from '../../src/contracts/platform.ts';

export interface TlsStage {
  readonly port: number;
  /** Takes `directory`'s files as they are now, for clients that ask for `serverName`. */
  load(serverName: string, directory: string): void;
  /** SHA-256 of the leaf that is served, lower-case hex. */
  serves(serverName: string): string | undefined;
  close(): Promise<void>;
}

export async function startTlsStage(): Promise<TlsStage> {
  const contexts = new Map<string, { readonly context: SecureContext; readonly fingerprint: string }>();
  const sockets = new Set<Socket>();
  const server = createServer({
    SNICallback: (serverName, callback) => {
      const found = contexts.get(serverName);
      if (found === undefined) callback(new Error(`nothing is deployed for ${serverName}`));
      else callback(null, found.context);
    },
  });
  server.on('tlsClientError', () => undefined);
  server.on('secureConnection', (socket) => {
    socket.on('error', () => undefined);
    socket.end();
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    load(serverName, directory) {
      const path = `${directory}/fullchain.pem`;
      if (!existsSync(path)) return;
      const cert = readFileSync(path);
      // Throws for a key that does not fit, as a real server refuses to reload.
      const context = createSecureContext({ key: readFileSync(`${directory}/privkey.pem`), cert });
      const { fingerprint256 } = new X509Certificate(cert);
      contexts.set(serverName, { context, fingerprint: fingerprint256.replaceAll(':', '').toLowerCase() });
    },
    serves: (serverName) => contexts.get(serverName)?.fingerprint,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** How the next reload goes: it works; it fails without effect; it says that it worked and does nothing. */
export type ReloadMood = 'works' | 'fails' | 'sleeps';

export interface ReloadCommand extends Processes {
  /** Arguments of every call, oldest first. */
  readonly runs: readonly (readonly string[])[];
  mood: ReloadMood;
}

/** `reload SERVER-NAME DIRECTORY`, and nothing else. */
export function reloadCommand(stage: TlsStage): ReloadCommand {
  const runs: (readonly string[])[] = [];
  const result = (exitCode: number, stderr = ''): ProcessResult => ({
    exitCode,
    signal: null,
    timedOut: false,
    stdout: '',
    stderr,
  });
  const command: ReloadCommand = {
    runs,
    mood: 'works',
    run(argv) {
      runs.push(argv);
      const [program, serverName, directory] = argv;
      if (program !== 'reload' || serverName === undefined || directory === undefined) {
        throw new Error(`unexpected program: ${argv.join(' ')}`);
      }
      if (command.mood === 'fails') return Promise.resolve(result(1, 'configuration test failed'));
      if (command.mood === 'sleeps') return Promise.resolve(result(0));
      try {
        stage.load(serverName, directory);
        return Promise.resolve(result(0));
      } catch (error) {
        return Promise.resolve(result(1, error instanceof Error ? error.message : 'unreadable'));
      }
    },
  };
  return command;
}
