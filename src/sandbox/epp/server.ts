import { once } from 'node:events';
import { createServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  EppAnswer,
  EppConversation,
  EppFrontDoor,
  Fault,
  HistoryEntry,
  SandboxClock,
} from '../contract.ts';
import { DEFAULT_HTML_STATUS, DEFAULT_OVERSIZE_BYTES, DEFAULT_TRICKLE_MS } from '../faults.ts';
import type { FaultQueue } from '../faults.ts';
import { listeningPort, messageOf } from '../guards.ts';
import type { SandboxHistory } from '../history.ts';
import { resultCodeOf } from '../result-code.ts';
import { frame, FrameReader, header } from './frames.ts';
import { createThrowAwayTls } from './throw-away-tls.ts';

/**
 * A vendor's EPP front door (RFC 5734: TLS, one frame per message): takes frames one after the other, plays the next
 * ordered fault, remembers, answers. What the frames mean is the simulator's business.
 */

export interface EppAddress {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Whom to trust: the server's certificate is for 127.0.0.1 and localhost. */
  readonly caPem: string;
}

export interface EppServer {
  readonly address: EppAddress;
  close(): Promise<void>;
}

export interface EppServerOptions {
  /** The simulator's id, as faults and history call it. */
  readonly vendor: string;
  readonly door: EppFrontDoor;
  readonly faults: FaultQueue;
  readonly history: SandboxHistory;
  readonly clock: SandboxClock;
  /** 0: the kernel chooses. */
  readonly port: number;
}

export async function startEppServer(options: EppServerOptions): Promise<EppServer> {
  const { key, cert, caPem } = await createThrowAwayTls();
  const open = new Set<TLSSocket>();
  const server = createServer({ key, cert, minVersion: 'TLSv1.2' }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    converse(options, socket);
  });
  // Somebody who does not get through the handshake ends his own connection and nothing else.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.listen({ host: '127.0.0.1', port: options.port });
  await once(server, 'listening');
  return {
    address: { host: '127.0.0.1', port: listeningPort(server), caPem },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function converse(options: EppServerOptions, socket: TLSSocket): void {
  const conversation = options.door.connect();
  const reader = new FrameReader();
  const gone = new AbortController();
  // Frames of one connection are served in the order they came, even when the client does not wait for answers.
  let served: Promise<void> = Promise.resolve();
  let lastFrameAt = options.clock.now();

  async function serveAfter(earlier: Promise<void>, xml: string): Promise<void> {
    try {
      await earlier;
      if (gone.signal.aborted || socket.writableEnded) return;
      const now = options.clock.now();
      const late = now.getTime() - lastFrameAt.getTime() >= options.door.idleMs;
      lastFrameAt = now;
      await serve(options, conversation, socket, { xml, late }, gone.signal);
    } catch {
      // The client went away in the middle, or the sandbox is being closed: there is nobody left to answer.
      socket.destroy();
    }
  }

  socket.setTimeout(options.door.idleMs, () => socket.destroySoon());
  // The close that follows says all there is to say.
  socket.on('error', () => undefined);
  socket.once('close', () => {
    gone.abort();
    conversation.closed();
  });
  socket.on('data', (chunk: Buffer) => {
    let messages: string[];
    try {
      messages = reader.push(chunk);
    } catch {
      // Where the next frame would begin cannot be known any more.
      socket.destroy();
      return;
    }
    for (const xml of messages) served = serveAfter(served, xml);
  });
  socket.write(frame(conversation.greeting()));
}

async function serve(
  options: EppServerOptions,
  conversation: EppConversation,
  socket: TLSSocket,
  request: { readonly xml: string; readonly late: boolean },
  signal: AbortSignal,
): Promise<void> {
  const { vendor, faults, history, clock } = options;
  const about = describe(conversation, request.xml);
  const fault = faults.take(vendor, about.command);
  const { applied, answer } = await answerTo(conversation, request, fault);
  const answered = answer !== undefined && fault?.kind !== 'lose-answer' && fault?.kind !== 'html';
  const resultCode = answered ? resultCodeOf({ status: 0, headers: {}, body: answer.xml }) : undefined;
  const entry: HistoryEntry = {
    at: clock.now(),
    vendor,
    via: 'epp',
    ...about,
    applied,
    ...(resultCode === undefined ? {} : { resultCode }),
    ...(fault === undefined ? {} : { fault: fault.kind }),
  };
  // Written down before a byte is answered: who has the answer can rely on finding it in the history.
  history.add(entry);
  await deliver(socket, answer, fault, signal);
}

function describe(
  conversation: EppConversation,
  xml: string,
): { command: string; parameters: Record<string, unknown> } {
  try {
    return conversation.describe(xml);
  } catch {
    return { command: 'EPP', parameters: {} };
  }
}

/** Lets the simulator act, or not, as the fault wants it. No answer: the connection is closed without one. */
async function answerTo(
  conversation: EppConversation,
  { xml, late }: { readonly xml: string; readonly late: boolean },
  fault: Fault | undefined,
): Promise<{ applied: boolean; answer?: EppAnswer }> {
  if (late) return { applied: false, answer: conversation.endSession(xml) };
  switch (fault?.kind) {
    case 'drop-before':
      return { applied: false };
    case 'html':
      return { applied: false, answer: { xml: '', close: true } };
    case 'code':
      return { applied: false, answer: conversation.errorAnswer(xml, fault.code ?? '') };
    case 'session-loss':
      return { applied: false, answer: conversation.endSession(xml) };
    case 'code-after': {
      const handled = await handle(conversation, xml);
      return handled.applied
        ? { applied: true, answer: conversation.errorAnswer(xml, fault.code ?? '') }
        : handled;
    }
    case 'delay':
    case 'lose-answer':
    case 'truncate':
    case 'oversize':
    case 'trickle':
    case 'redirect':
    case undefined:
    default:
      return handle(conversation, xml);
  }
}

async function handle(
  conversation: EppConversation,
  xml: string,
): Promise<{ applied: boolean; answer: EppAnswer }> {
  try {
    return { applied: true, answer: await conversation.handle(xml) };
  } catch (error) {
    // A simulator answers everything in EPP's own words; this is a fault of the sandbox and looks like one.
    return {
      applied: false,
      answer: { xml: `The sandbox's simulator failed: ${messageOf(error)}`, close: true },
    };
  }
}

/** Puts the answer on the wire, well or badly. */
async function deliver(
  socket: TLSSocket,
  answer: EppAnswer | undefined,
  fault: Fault | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (answer === undefined || fault?.kind === 'lose-answer') {
    socket.destroy();
    return;
  }
  const whole = frame(answer.xml);
  switch (fault?.kind) {
    case 'delay':
      await sleep(fault.delayMs ?? 0, undefined, { signal });
      socket.write(whole);
      break;
    case 'html': {
      const status = fault.status ?? DEFAULT_HTML_STATUS;
      socket.end(`<!DOCTYPE html>\n<html><body><h1>${status}</h1></body></html>\n`);
      return;
    }
    case 'truncate':
      socket.end(whole.subarray(0, Math.floor(whole.length / 2)));
      return;
    case 'oversize':
      await sendRubbish(socket, fault.bytes ?? DEFAULT_OVERSIZE_BYTES, signal);
      break;
    case 'trickle':
      for (const byte of whole) {
        await sleep(fault.delayMs ?? DEFAULT_TRICKLE_MS, undefined, { signal });
        socket.write(Buffer.of(byte));
      }
      break;
    case 'drop-before':
    case 'code':
    case 'code-after':
    case 'redirect':
    case 'session-loss':
    case undefined:
      socket.write(whole);
  }
  if (answer.close) socket.end();
}

/** The header announces it all, so that a client can refuse before it reads. */
async function sendRubbish(socket: TLSSocket, bytes: number, signal: AbortSignal): Promise<void> {
  socket.write(header(bytes));
  const block = Buffer.alloc(64 * 1024, 'rubbish ');
  for (let left = bytes; left > 0; left -= block.length) {
    const taken = socket.write(block.subarray(0, Math.min(left, block.length)));
    if (!taken) await once(socket, 'drain', { signal });
  }
}
