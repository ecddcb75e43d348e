/**
 * The quickstart's consumer: a small TLS server on loopback that serves what is deployed, by SNI, and reads it anew when
 * it is reloaded. A program of its own, as nginx would be: `serve DIRECTORY PORT SOCKET` and `reload SOCKET`.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { createSecureContext, createServer as createTlsServer, type SecureContext } from 'node:tls';

/** Contexts by host name, from every set below the directory that is complete. */
function readContexts(directory: string): ReadonlyMap<string, SecureContext> {
  const contexts = new Map<string, SecureContext>();
  for (const name of readdirSync(directory)) {
    const set = `${directory}/${name}`;
    if (!existsSync(`${set}/combined.pem`)) continue;
    const pem = readFileSync(`${set}/combined.pem`);
    contexts.set(`${name}.example.test`, createSecureContext({ key: pem, cert: pem }));
  }
  return contexts;
}

function serve(directory: string, port: number, socketPath: string): void {
  let contexts = readContexts(directory);
  const server = createTlsServer({
    SNICallback: (host, callback) => {
      const context = contexts.get(host.replace(/^www\./, ''));
      if (context === undefined) callback(new Error(`nothing is deployed for ${host}`));
      else callback(null, context);
    },
  });
  // A handshake for a name that is not deployed yet is the client's news, not ours.
  server.on('tlsClientError', () => undefined);
  server.on('secureConnection', (socket) => {
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\nok\n');
  });
  rmSync(socketPath, { force: true });
  const control = createServer((connection) => {
    contexts = readContexts(directory);
    connection.end(`serving ${contexts.size} certificate(s)\n`);
  });
  control.listen(socketPath, () => {
    server.listen(port, '127.0.0.1', () => process.send?.('ready'));
  });
  // The parent's end is ours: nothing is left behind.
  process.on('disconnect', () => process.exit(0));
}

function reload(socketPath: string): void {
  const connection = createConnection(socketPath);
  connection.on('error', (error) => {
    process.stderr.write(`the TLS server cannot be reached: ${error.message}\n`);
    process.exitCode = 1;
  });
  connection.pipe(process.stdout);
}

const [mode, ...rest] = process.argv.slice(2);
if (mode === 'serve') serve(rest[0] ?? '', Number(rest[1]), rest[2] ?? '');
else reload(rest[0] ?? '');
