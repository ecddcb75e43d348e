import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Fault,
  HistoryEntry,
  SandboxClock,
  SimulatorAnswer,
  SimulatorRequest,
  VendorSimulator,
} from './contract.ts';
import { DEFAULT_HTML_STATUS, DEFAULT_OVERSIZE_BYTES, DEFAULT_TRICKLE_MS } from './faults.ts';
import type { FaultQueue } from './faults.ts';
import type { SandboxHistory } from './history.ts';
import { BODY_BYTES_MAX, listenOnLoopback, readBody } from './loopback.ts';
import type { LoopbackServer } from './loopback.ts';
import { resultCodeOf } from './result-code.ts';

/** One simulated vendor's front door: reads a request, plays the next ordered fault, remembers it, answers. */

export interface VendorServerOptions {
  readonly simulator: VendorSimulator;
  readonly faults: FaultQueue;
  readonly history: SandboxHistory;
  readonly clock: SandboxClock;
  /** 0: the kernel chooses. */
  readonly port: number;
}

export async function startVendorServer(options: VendorServerOptions): Promise<LoopbackServer> {
  const closing = new AbortController();
  const server = await listenOnLoopback(options.port, (incoming, response) => {
    // Ends waits of faults when the client goes away or the server is closed.
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, closing.signal]);
    serve(options, incoming, response, signal).catch(() => {
      // The client went away in the middle, or the sandbox is being closed: there is nobody left to answer.
      response.destroy();
    });
  });
  return {
    ...server,
    close() {
      closing.abort();
      return server.close();
    },
  };
}

async function serve(
  options: VendorServerOptions,
  incoming: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const { simulator, clock, history } = options;
  const body = await readBody(incoming);
  const remember = (
    entry: Omit<HistoryEntry, 'at' | 'vendor' | 'command' | 'parameters'>,
    about: { command: string; parameters: Record<string, unknown> },
  ): void => history.add({ at: clock.now(), vendor: simulator.id, ...about, ...entry });

  if (body === undefined) {
    const about = { command: `${incoming.method} ${incoming.url}`, parameters: {} };
    remember({ applied: false, httpStatus: 413 }, about);
    send(response, plain(413, `The sandbox reads ${BODY_BYTES_MAX} bytes at most.`));
    return;
  }
  const request = simulatorRequest(incoming, body);
  const about = describe(simulator, request);
  const fault = options.faults.take(simulator.id, about.command);
  const { applied, answer } = await answerTo(simulator, request, fault);
  // Written down before a byte is answered: who has the answer can rely on finding it in the history.
  const answered = answer !== undefined && fault?.kind !== 'lose-answer';
  const resultCode = answer === undefined ? undefined : resultCodeOf(answer);
  remember(
    {
      applied,
      ...(answered ? { httpStatus: answer.status } : {}),
      ...(answered && resultCode !== undefined ? { resultCode } : {}),
      ...(fault === undefined ? {} : { fault: fault.kind }),
    },
    about,
  );
  await deliver(response, answer, fault, signal);
}

function simulatorRequest(incoming: IncomingMessage, body: Buffer): SimulatorRequest {
  const target = incoming.url ?? '/';
  const mark = target.indexOf('?');
  return {
    method: incoming.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
    ),
    body,
  };
}

function describe(
  simulator: VendorSimulator,
  request: SimulatorRequest,
): { command: string; parameters: Record<string, unknown> } {
  try {
    return simulator.describe(request);
  } catch {
    // Garbage has no name of the vendor's; it is remembered by its address.
    return { command: `${request.method} ${request.path}`, parameters: {} };
  }
}

/** Lets the simulator act, or not, as the fault wants it. No answer: the connection is closed without one. */
export async function answerTo(
  simulator: VendorSimulator,
  request: SimulatorRequest,
  fault: Fault | undefined,
): Promise<{ applied: boolean; answer?: SimulatorAnswer }> {
  switch (fault?.kind) {
    case 'drop-before':
      return { applied: false };
    case 'code':
      return { applied: false, answer: simulator.errorAnswer(fault.code ?? '') };
    case 'html':
      return { applied: false, answer: htmlPage(fault.status ?? DEFAULT_HTML_STATUS) };
    case 'redirect':
      return {
        applied: false,
        answer: { status: 302, headers: { location: fault.location ?? '/' }, body: '' },
      };
    case 'code-after': {
      const handled = await handle(simulator, request);
      return handled.applied ? { applied: true, answer: simulator.errorAnswer(fault.code ?? '') } : handled;
    }
    case 'oversize': {
      const handled = await handle(simulator, request);
      return {
        applied: handled.applied,
        answer: { status: 200, headers: { 'content-type': 'text/plain' }, body: '' },
      };
    }
    case 'session-loss':
      simulator.endSessions?.();
      return handle(simulator, request);
    case 'delay':
    case 'lose-answer':
    case 'truncate':
    case 'trickle':
    case undefined:
    default:
      return handle(simulator, request);
  }
}

async function handle(
  simulator: VendorSimulator,
  request: SimulatorRequest,
): Promise<{ applied: boolean; answer: SimulatorAnswer }> {
  try {
    return { applied: true, answer: await simulator.handle(request) };
  } catch (error) {
    // A simulator answers everything in the vendor's own words; this is a fault of the sandbox and looks like one.
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      applied: false,
      answer: plain(500, `The sandbox's simulator "${simulator.id}" failed: ${text}\n`),
    };
  }
}

/** Puts the answer on the wire, well or badly. */
async function deliver(
  response: ServerResponse,
  answer: SimulatorAnswer | undefined,
  fault: Fault | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (answer === undefined || fault?.kind === 'lose-answer') {
    response.destroy();
    return;
  }
  switch (fault?.kind) {
    case 'delay':
      await sleep(fault.delayMs ?? 0, undefined, { signal });
      send(response, answer);
      return;
    case 'truncate':
      await sendHalf(response, answer);
      return;
    case 'oversize':
      await sendRubbish(response, fault.bytes ?? DEFAULT_OVERSIZE_BYTES, signal);
      return;
    case 'trickle':
      await sendSlowly(response, answer, fault.delayMs ?? DEFAULT_TRICKLE_MS, signal);
      return;
    case 'drop-before':
    case 'code':
    case 'code-after':
    case 'html':
    case 'redirect':
    case 'session-loss':
    case undefined:
      send(response, answer);
  }
}

function writeHead(response: ServerResponse, answer: SimulatorAnswer): Buffer {
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body, 'utf8') : answer.body;
  response.writeHead(answer.status, { ...answer.headers, 'content-length': String(body.length) });
  return body;
}

function send(response: ServerResponse, answer: SimulatorAnswer): void {
  response.end(writeHead(response, answer));
}

/** The header promises the whole length, so that a client can tell. */
async function sendHalf(response: ServerResponse, answer: SimulatorAnswer): Promise<void> {
  const body = writeHead(response, answer);
  response.flushHeaders();
  const half = body.subarray(0, Math.floor(body.length / 2));
  if (half.length > 0) await new Promise<void>((resolve) => response.write(half, () => resolve()));
  response.socket?.destroySoon();
}

/** No length is announced: the client has to count for itself. */
async function sendRubbish(response: ServerResponse, bytes: number, signal: AbortSignal): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/plain' });
  const block = Buffer.alloc(64 * 1024, 'rubbish ');
  for (let left = bytes; left > 0; left -= block.length) {
    const taken = response.write(block.subarray(0, Math.min(left, block.length)));
    if (!taken) await once(response, 'drain', { signal });
  }
  response.end();
}

async function sendSlowly(
  response: ServerResponse,
  answer: SimulatorAnswer,
  delayMs: number,
  signal: AbortSignal,
): Promise<void> {
  const body = writeHead(response, answer);
  response.flushHeaders();
  for (const byte of body) {
    await sleep(delayMs, undefined, { signal });
    response.write(Buffer.of(byte));
  }
  response.end();
}

const plain = (status: number, text: string): SimulatorAnswer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: text,
});

const htmlPage = (status: number): SimulatorAnswer => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!DOCTYPE html>\n<html><head><title>${status}</title></head><body><h1>${status}</h1><p>renewd sandbox: an ordered fault.</p></body></html>\n`,
});
