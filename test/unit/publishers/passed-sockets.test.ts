/** The responder on a socket that somebody else opened, in a process of its own, over reloads. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { passedSocketsMax, readPassedSockets } from '../../../src/platform/passed-sockets.ts';

test('the variables are read when they are for this process', () => {
  const env = { LISTEN_PID: '42', LISTEN_FDS: '2', LISTEN_FDNAMES: 'http:other' };
  expect(readPassedSockets(env, 42)).toEqual([
    { name: 'http', fd: 3 },
    { name: 'other', fd: 4 },
  ]);
  const { LISTEN_FDNAMES: _, ...nameless } = env;
  expect(readPassedSockets(nameless, 42)).toEqual([
    { name: 'unknown', fd: 3 },
    { name: 'unknown', fd: 4 },
  ]);
  expect(readPassedSockets({ ...env, LISTEN_FDS: String(passedSocketsMax) }, 42)).toHaveLength(
    passedSocketsMax,
  );
});

test.for([
  [{ LISTEN_PID: '41', LISTEN_FDS: '1' }],
  [{ LISTEN_FDS: '1' }],
  [{ LISTEN_PID: '42' }],
  ...['0', '-1', '1.5', ' 1', '0x1', String(passedSocketsMax + 1), '99999999999'].map(
    (count) => [{ LISTEN_PID: '42', LISTEN_FDS: count }] as const,
  ),
] as const)('nothing is taken from %j', ([env]) => {
  expect(readPassedSockets(env, 42)).toEqual([]);
});

function descriptorOf(value: object): number {
  const handle: unknown = Reflect.get(value, '_handle');
  const fd: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : undefined;
  if (typeof fd !== 'number') throw new Error('this Node hides the descriptor of a socket');
  return fd;
}

/** A child with our listening socket as descriptor 3; we ourselves never accept a connection. */
async function childWithSocket() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const program = fileURLToPath(new URL('passed-sockets-child.ts', import.meta.url));
  const child = spawn(process.execPath, [program], {
    env: { LISTEN_FDS: '1', LISTEN_FDNAMES: 'responder' },
    stdio: ['pipe', 'pipe', 'inherit', descriptorOf(server)],
  });
  server.close();
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('no pipes');
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  onTestFinished(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  return {
    port,
    child,
    end: () => stdin.end(),
    tell: async (line: string): Promise<string> => {
      stdin.write(`${line}\n`);
      const { value } = await lines.next();
      return String(value);
    },
    /** The body, or the number of another status. Not `fetch`, which sets Host itself. */
    fetchProof: async (): Promise<string> => {
      const socket = connect(port, '127.0.0.1');
      socket.write('GET /proof.txt HTTP/1.1\r\nHost: www.example.test\r\n\r\n');
      const answer = await text(socket);
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      return head.startsWith('HTTP/1.1 200 ') ? body : (head.split(' ')[1] ?? '');
    },
  };
}

test('one responder after the other answers on the same socket, and the process can end', async () => {
  const { port, child, end, tell, fetchProof } = await childWithSocket();
  expect(await tell('open web responder first')).toBe(`port ${port}`);
  expect(await fetchProof()).toBe('first');
  expect(await tell('open other - second')).toBe(
    'publisher "other" wants the passed socket "responder", which another publisher uses',
  );
  expect(await tell('open other http second')).toBe(
    'publisher "other" wants a socket named "http" from systemd, and passed: responder; enable renewd-responder.socket, or name an address in `listen`',
  );
  expect(await fetchProof()).toBe('first');
  expect(await tell('close web')).toBe('closed');
  expect(await fetchProof()).toBe('404');
  expect(await tell('open other - second')).toBe(`port ${port}`);
  expect(await fetchProof()).toBe('second');
  // The listener that nobody closes does not keep it alive.
  end();
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
});

test('what is no socket is said to be none', async () => {
  const program = fileURLToPath(new URL('passed-sockets-child.ts', import.meta.url));
  const child = spawn(process.execPath, [program], {
    env: { LISTEN_FDS: '1', LISTEN_FDNAMES: 'responder' },
    stdio: ['pipe', 'pipe', 'inherit', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('no pipes');
  stdin.end('open web - x\n');
  const said: unknown[] = await once(stdout, 'data');
  expect(String(said[0])).toBe(
    'publisher "web" cannot listen on the passed socket "responder" (descriptor 3)\n',
  );
});
