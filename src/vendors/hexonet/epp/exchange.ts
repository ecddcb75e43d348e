/**
 * One open connection: one message out, one data unit back, strictly in turn. Answers carry nothing that ties them to a
 * message, so whatever could put the two out of step (a cancelled wait, an unasked data unit) ends the connection.
 */
import type { Duplex } from 'node:stream';
import { RenewdError } from '../../../core/errors.ts';
import { createFrameReader, encodeFrame } from './frame.ts';

export interface Line {
  /** False once it ended, for whatever reason. */
  readonly open: boolean;
  /** Fires when it ended. */
  readonly ended: AbortSignal;
  /** The data unit that the server sends by itself, or answers `xml` with. Rejects with an Error; the line is dead then. */
  exchange(xml: string | undefined, signal: AbortSignal): Promise<string>;
  destroy(): void;
}

export function createLine(socket: Duplex): Line {
  const reader = createFrameReader();
  const over = new AbortController();
  let waiting: { resolve(xml: string): void; reject(error: unknown): void } | undefined;
  /** The greeting may come before anybody waits for it; nothing else may. */
  let early: string | undefined;
  let greeted = false;
  let failure: unknown;

  function end(error: unknown): void {
    if (over.signal.aborted) return;
    failure = error;
    over.abort();
    socket.destroy();
    const one = waiting;
    waiting = undefined;
    one?.reject(error);
  }

  function take(xml: string): void {
    const one = waiting;
    waiting = undefined;
    if (one !== undefined) {
      greeted = true;
      one.resolve(xml);
    } else if (!greeted && early === undefined) {
      early = xml;
    } else {
      end(new RenewdError('provider-protocol', 'the EPP server sent something that was not asked for'));
    }
  }

  socket.on('data', (chunk: Uint8Array) => {
    try {
      for (const xml of reader.push(chunk)) take(xml);
    } catch (thrown) {
      end(thrown);
    }
  });
  socket.on('error', end);
  socket.on('end', () => end(new Error('closed by the server')));
  socket.on('close', () => end(new Error('closed')));

  return {
    get open() {
      return !over.signal.aborted;
    },
    ended: over.signal,
    exchange(xml, signal) {
      return new Promise((resolve, reject) => {
        if (over.signal.aborted || signal.aborted || waiting !== undefined) {
          end(failure ?? new Error(signal.aborted ? 'cancelled' : 'closed'));
          reject(failure);
          return;
        }
        if (early !== undefined && xml === undefined) {
          greeted = true;
          resolve(early);
          early = undefined;
          return;
        }
        const stop = (): void => end(signal.reason);
        signal.addEventListener('abort', stop, { once: true });
        const settle = (): void => signal.removeEventListener('abort', stop);
        waiting = {
          resolve: (answer) => {
            settle();
            resolve(answer);
          },
          reject: (error) => {
            settle();
            reject(error);
          },
        };
        if (xml !== undefined) socket.write(encodeFrame(xml));
      });
    },
    destroy: () => end(new Error('closed by us')),
  };
}
