/** What the vendor simulators' tests share: a hand-moved clock, a CA that looks into maps, requests, a loopback server. */
import 'reflect-metadata';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import path from 'node:path';
import { Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } from '@peculiar/x509';
import type { z } from 'zod';
import { createSandboxCa } from '../../../src/sandbox/ca/index.ts';
import type { SteerableSandboxCa } from '../../../src/sandbox/ca/index.ts';
import type {
  SandboxClock,
  SimulatorAnswer,
  SimulatorRequest,
  VendorSimulator,
} from '../../../src/sandbox/contract.ts';

export const DAY_MS = 86_400_000;

export interface HandClock extends SandboxClock {
  advance(ms: number): void;
}

export function handClock(start = '2026-10-01T08:00:00Z'): HandClock {
  let at = Date.parse(start);
  return {
    now: () => new Date(at),
    advance(ms) {
      at += ms;
    },
  };
}

/** The same numbers in every run (mulberry32). */
export function seededRandom(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What the CA will find. Names lower-case, without trailing dot. */
export interface Evidence {
  readonly texts: Map<string, string[]>;
  readonly aliases: Map<string, string>;
  readonly files: Map<string, string>;
}

export function newEvidence(): Evidence {
  return { texts: new Map(), aliases: new Map(), files: new Map() };
}

export function caLookingAt(evidence: Evidence, clock: SandboxClock): SteerableSandboxCa {
  return createSandboxCa({
    clock,
    resolver: {
      description: 'a map',
      look: async (name) => ({
        rcode: evidence.texts.has(name) || evidence.aliases.has(name) ? 'NOERROR' : 'NXDOMAIN',
        aliases: new Map([...evidence.aliases].filter(([owner]) => owner === name)),
        texts: new Map([[name, evidence.texts.get(name) ?? []]]),
      }),
    },
    fetchFile: async (url) => {
      const text = evidence.files.get(url);
      return { status: text === undefined ? 404 : 200, body: Buffer.from(text ?? ''), url };
    },
  });
}

const ALGORITHMS = {
  EC: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  RSA: {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  },
  'RSA-1024': {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 1024,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  },
} as const;

export async function csrFor(
  names: readonly string[],
  key: keyof typeof ALGORITHMS = 'EC',
  subject = `C=DE, O=Example GmbH, CN=${names[0] ?? ''}`,
): Promise<string> {
  const algorithm = ALGORITHMS[key];
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const csr = await Pkcs10CertificateRequestGenerator.create({
    name: subject,
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns' as const, value }))),
    ],
  });
  return `${csr.toString('pem').trim()}\n`;
}

export function requestTo(
  method: string,
  target: string,
  body: string | Buffer = '',
  headers: Record<string, string> = {},
): SimulatorRequest {
  const url = new URL(target, 'http://simulator.test');
  return { method, path: url.pathname, query: url.searchParams, headers, body: Buffer.from(body) };
}

export function bodyText(answer: SimulatorAnswer): string {
  return answer.body.toString();
}

export interface ServedSimulator {
  readonly url: string;
  /** Every body received, in order. */
  readonly bodies: readonly string[];
  close(): Promise<void>;
}

/** On a port the kernel chooses, on this machine only. */
export async function serve(simulator: VendorSimulator): Promise<ServedSimulator> {
  const bodies: string[] = [];
  const server = createServer((incoming, response) => {
    const answer = async (): Promise<void> => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      bodies.push(body.toString());
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries(incoming.headers)) headers[name] = String(value);
      const request = requestTo(incoming.method ?? 'GET', incoming.url ?? '/', body, headers);
      const { status, headers: answered, body: text } = await simulator.handle(request);
      response.writeHead(status, answered).end(text);
    };
    answer().catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    bodies,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Runs one of the scripts under `clients/`, which drives a vendor's own client and ends with a line `RESULT {…}`.
 * These clients print a lot besides, so only that line counts.
 */
export async function runClient<T extends z.ZodType>(
  script: string,
  input: unknown,
  schema: T,
): Promise<z.output<T>> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'clients', script)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  child.stdin.end(JSON.stringify(input));
  await once(child, 'close');
  const code = child.exitCode;
  const text = Buffer.concat(output).toString();
  const line = text.split('\n').findLast((each) => each.startsWith('RESULT '));
  if (code !== 0 || line === undefined) {
    throw new Error(
      `${script} ended with ${code}:\n${Buffer.concat(errors).toString()}\n${text.slice(-4000)}`,
    );
  }
  return schema.parse(JSON.parse(line.slice('RESULT '.length)));
}
