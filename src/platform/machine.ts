/** The machine itself, looked at: nothing is changed, nothing is kept open. */
import { accessSync, constants, readFileSync, statSync, statfsSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { connect, createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import type { Machine } from '../contracts/machine.ts';
import { RenewdError } from '../core/errors.ts';
import { accountNames } from './accounts.ts';
import { errnoCode } from './file-errors.ts';
import { nodeFiles } from './files.ts';
import { ownUser } from './own-user.ts';

const { request: plainRequest } = process.getBuiltinModule('node:http');
const modes = { read: constants.R_OK, write: constants.W_OK, execute: constants.X_OK } as const;
const textBytesMax = 64 * 1024;
const pageBytesMax = 1024 * 1024;

function can(path: string, what: keyof typeof modes): boolean {
  try {
    accessSync(path, modes[what]);
    return true;
  } catch {
    // Refused, read-only or not there: in each case it cannot.
    return false;
  }
}

function isReadOnly(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return false;
  } catch (thrown) {
    return errnoCode(thrown) === 'EROFS';
  }
}

function unreachable(host: string, thrown: unknown): RenewdError {
  const code =
    errnoCode(thrown) ?? (thrown instanceof Error ? thrown.message : 'the connection failed').slice(0, 200);
  return new RenewdError('provider-unavailable', `${host} cannot be reached: ${code}`, { cause: thrown });
}

function ask(
  url: URL,
  method: 'GET' | 'HEAD',
  signal: AbortSignal,
): Promise<{ readonly answer: IncomingMessage; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const fail = (thrown: unknown): void => reject(unreachable(url.host, thrown));
    const send = url.protocol === 'https:' ? tlsRequest : plainRequest;
    const sent = send(url, { method, headers: { 'user-agent': 'renewd' }, agent: false, signal });
    sent.on('error', fail);
    sent.on('response', (answer) => {
      const chunks: Buffer[] = [];
      let length = 0;
      answer.on('error', fail);
      answer.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > pageBytesMax) answer.destroy(new Error('the answer is too large'));
        else chunks.push(chunk);
      });
      answer.on('end', () => resolve({ answer, body: Buffer.concat(chunks).toString('utf8') }));
    });
    sent.end();
  });
}

function knock(url: URL, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const socket = connect({ host, port: Number(url.port), signal });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', (thrown) => reject(unreachable(url.host, thrown)));
  });
}

export const systemMachine: Machine = {
  get user() {
    return ownUser();
  },
  nodeVersion: process.versions.node,
  can,
  isReadOnly,
  stat(path) {
    try {
      return nodeFiles.stat(path);
    } catch {
      // A directory on the way may not be entered.
      return undefined;
    }
  },
  accountName: (kind, id) => accountNames(kind).get(id) ?? String(id),
  space(path) {
    for (let at = path; ; at = dirname(at)) {
      if (statSync(at, { throwIfNoEntry: false }) === undefined) {
        if (at === dirname(at)) return undefined;
        continue;
      }
      const { bavail, bsize, ffree, files } = statfsSync(at);
      return { bytesFree: bavail * bsize, inodesFree: ffree, inodesTotal: files };
    }
  },
  text(path) {
    try {
      return readFileSync(path, 'utf8').slice(0, textBytesMax);
    } catch {
      // Absent on machines without the feature that it tells of.
      return undefined;
    }
  },
  which(program) {
    if (program.includes('/')) return program;
    return (process.env['PATH'] ?? '/usr/bin:/bin')
      .split(delimiter)
      .map((directory) => join(directory, program))
      .find((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true && can(path, 'execute'));
  },
  tryListen: (host, port) =>
    new Promise((resolve) => {
      const server = createServer();
      server.once('error', (thrown) => resolve(errnoCode(thrown) ?? 'unknown'));
      server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
    }),
  monotonicMs: () => performance.now(),
  async greet(text, signal) {
    const url = new URL(text);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      await knock(url, signal);
      return {};
    }
    const { answer } = await ask(new URL(url.origin), 'HEAD', signal);
    const at = Date.parse(answer.headers.date ?? '');
    return {
      ...(answer.statusCode === undefined ? {} : { status: answer.statusCode }),
      ...(Number.isNaN(at) ? {} : { date: new Date(at) }),
    };
  },
  async page(text, signal) {
    const { answer, body } = await ask(new URL(text), 'GET', signal);
    return { status: answer.statusCode ?? 0, body };
  },
};
