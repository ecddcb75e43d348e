import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SandboxClock, SimulatorAnswer, VendorSimulator } from '../../../src/sandbox/contract.ts';

/** What the tests of the sandbox's core share: a hand-moved clock, requests made by openssl, and a vendor of no kind. */

export interface HandClock extends SandboxClock {
  advance(ms: number): void;
}

export function handClock(start = '2027-03-01T12:00:00.500Z'): HandClock {
  let now = Date.parse(start);
  return {
    now: () => new Date(now),
    advance(ms) {
      now += ms;
    },
  };
}

export const realClock: SandboxClock = { now: () => new Date() };

export function temporaryFolder(): { path: string; remove(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'renewd-sandbox-'));
  return { path: folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

const KEY_ARGUMENTS = {
  'RSA 2048': ['-newkey', 'rsa:2048'],
  'RSA 3072': ['-newkey', 'rsa:3072'],
  'RSA 1024': ['-newkey', 'rsa:1024'],
  'P-256': ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  'P-384': ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  'P-521': ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-521'],
  Ed25519: ['-newkey', 'ed25519'],
} as const;

/** A request as a buyer would make it, by a tool that shares nothing with the sandbox. */
export function opensslCsr(
  names: readonly string[],
  key: keyof typeof KEY_ARGUMENTS = 'P-256',
  extra: readonly string[] = [],
): string {
  const san = names.map((name) => `DNS:${name}`).join(',');
  return execFileSync(
    'openssl',
    [
      'req',
      '-new',
      ...KEY_ARGUMENTS[key],
      '-nodes',
      '-keyout',
      '/dev/null',
      '-subj',
      `/C=DE/CN=${names[0]}`,
      ...(names.length > 0 ? ['-addext', `subjectAltName=${san}`] : []),
      ...extra,
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
}

/** Runs a command; its output is the result whether it succeeds or not. */
export function run(
  command: string,
  args: readonly string[],
  input?: string,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = execFile(command, [...args], { encoding: 'utf8', timeout: 20_000 }, (error, out, err) => {
      resolve({
        code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1,
        output: out + err,
      });
    });
    // A program that needs no input may have ended before it was given: that is its right.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
}

/** A web server of the tested domain on a port the kernel chose. */
export async function webServer(
  listener: RequestListener,
): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface PlainVendor extends VendorSimulator {
  readonly applied: string[];
  readonly events: string[];
}

/** A vendor with one command: it counts, and answers in lines like "code = 200". */
export function plainVendor(id = 'plain'): PlainVendor {
  const applied: string[] = [];
  const events: string[] = [];
  const reply = (code: string, text: string): SimulatorAnswer => ({
    status: 200,
    headers: { 'content-type': 'text/plain' },
    body: `[RESPONSE]\r\ncode = ${code}\r\ndescription = ${text}\r\nEOF\r\n`,
  });
  return {
    id,
    applied,
    events,
    describe(request) {
      if (request.path === '/garbage') throw new Error('not a command');
      const fields = new URLSearchParams(request.body.toString());
      return {
        command: fields.get('command') ?? 'None',
        parameters: { ...Object.fromEntries(fields), authorization: request.headers['authorization'] ?? '' },
      };
    },
    async handle(request) {
      if (request.path === '/bug') throw new Error('a bug in the simulator');
      applied.push(request.body.toString());
      return reply('200', 'Command completed successfully');
    },
    errorAnswer: (code, text) => reply(code, text ?? 'ordered'),
    seed: () => {
      throw new Error('Nothing can be seeded here.');
    },
    queueForeignEvent: () => void events.push('foreign'),
    redeliverLastEvent: () => void events.push('redelivered'),
    invoices: () => [],
    snapshot: () => ({ applied: applied.length }),
  };
}
