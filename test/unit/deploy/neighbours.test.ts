/** Reload by a signal and by HAProxy's master socket: what is told, and why it could not be. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { createProcesses, nodeProcesses } from '../../../src/platform/processes.ts';
import { reload } from '../../../src/renewal/deploy/reload.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'renewd-neighbours-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function pidFile(text: string): string {
  const path = join(directory, 'server.pid');
  writeFileSync(path, text);
  return path;
}

test('a signal reaches the process of the pid file', async () => {
  const script =
    "process.on('SIGHUP', () => { console.log('reloaded'); process.exit(); }); console.log('up'); setInterval(() => {}, 1000)";
  const server = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void server.kill('SIGKILL'));
  let said = '';
  server.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  await once(server.stdout, 'data');
  const path = pidFile(` ${server.pid ?? 0}\n`);
  expect(await reload({ signal: 'HUP', pidFile: path }, 1000, nodeProcesses)).toMatchObject({
    ok: true,
    sentence: `SIGHUP by ${path} was sent`,
  });
  await once(server, 'close');
  expect(said).toBe('up\nreloaded\n');
});

test.each([
  ['', 'holds no process id'],
  ['0', 'holds no process id'],
  ['-1', 'holds no process id'],
  ['12 13', 'holds no process id'],
  ['1'.repeat(80), 'holds no process id'],
  ['99999999', 'there is no such process'],
  [String(process.pid), 'is renewd itself here: the process namespace is not shared'],
])('a pid file with %j', async (text, reason) => {
  const report = await reload({ signal: 'HUP', pidFile: pidFile(text) }, 1000, nodeProcesses);
  expect(report.ok).toBe(false);
  expect(report.sentence).toContain(reason);
});

test('no pid file, and nobody who could tell', async () => {
  const way = { signal: 'HUP', pidFile: join(directory, 'none.pid') } as const;
  expect((await reload(way, 1000, nodeProcesses)).sentence).toMatch(/cannot read .*none\.pid/);
  expect(await reload(way, 1000, createProcesses())).toMatchObject({
    ok: false,
    sentence: 'no neighbour can be told from here',
  });
});

async function master(answer: (socket: Socket) => void): Promise<string> {
  const path = join(directory, 'master.sock');
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (command) => {
      expect(command.toString()).toBe('reload\n');
      answer(socket);
    });
  }).listen(path);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return path;
}

test.each<[string, (socket: Socket) => void, boolean, RegExp]>([
  ['closes, as up to 2.6', (socket) => socket.end(), true, /was told to reload/],
  ['breaks off, as a master that is replaced', (socket) => socket.destroy(), true, /was told to reload/],
  ['agrees', (socket) => socket.end('Success=1\n--\n[NOTICE] ok\n'), true, /was told to reload/],
  [
    'refuses',
    (socket) => socket.end('Success=0\n--\n[ALERT] no such file\n'),
    false,
    /refused.*no such file/s,
  ],
  ['is silent', () => undefined, false, /did not answer within 200 ms/],
  ['does not stop', (socket) => socket.write('x'.repeat(100_000)), false, /does not stop answering/],
])('HAProxy %s', async (_what, answer, ok, sentence) => {
  const report = await reload({ haproxy: await master(answer) }, 200, nodeProcesses);
  expect(report.ok).toBe(ok);
  expect(report.sentence).toMatch(sentence);
});

test('HAProxy that is not there', async () => {
  const report = await reload({ haproxy: join(directory, 'none.sock') }, 200, nodeProcesses);
  expect(report).toMatchObject({ ok: false });
  expect(report.sentence).toContain('none.sock');
});
