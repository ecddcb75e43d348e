/**
 * Stands in for undici in a simulation: the same `request`, with connections that lead to the simulated network instead
 * of to sockets. Everything of renewd's clients runs as it is (serialising, limits, classification of failures by
 * whether a connection stood, retries); undici's own writing and parsing of bytes does not.
 */
import { createRequire } from 'node:module';
import type * as Undici from 'undici';

// Not by an import: that one leads here.
// oxlint-disable-next-line typescript/no-unsafe-assignment -- `require` knows no types
const real: typeof Undici = createRequire(import.meta.url)('undici');

export interface WireRequest {
  readonly origin: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The connection breaks after the half of it. */
  readonly cut: boolean;
}

export interface Wire {
  /** Rejects when nobody listens. */
  connect(origin: string): Promise<void>;
  /** Rejects when the connection ends without an answer. */
  exchange(request: WireRequest): Promise<WireAnswer>;
}

let wire: Wire | undefined;

export function layWire(next: Wire | undefined): void {
  wire = next;
}

function present(): Wire {
  if (wire === undefined) throw new Error('no simulated network is there');
  return wire;
}

export const request = real.request;

type Connected = (error: Error | null, socket: null) => void;
type Connect = (target: { readonly origin: string }, connected: Connected) => void;

const toError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

const overWire: Connect = ({ origin }, connected) => {
  present()
    .connect(origin)
    .then(
      () => connected(null, null),
      (thrown: unknown) => connected(toError(thrown), null),
    );
};

export function buildConnector(): Connect {
  return overWire;
}

class InProcess extends real.Dispatcher {
  readonly #connect: Connect;

  constructor(connect: Connect) {
    super();
    this.#connect = connect;
  }

  override dispatch(
    options: Undici.Dispatcher.DispatchOptions,
    handler: Undici.Dispatcher.DispatchHandler,
  ): boolean {
    const origin = String(options.origin);
    let ended = false;
    const controller: Undici.Dispatcher.DispatchController = {
      aborted: false,
      paused: false,
      reason: null,
      abort(reason) {
        if (ended) return;
        ended = true;
        handler.onResponseError?.(controller, reason);
      },
      pause: () => undefined,
      resume: () => undefined,
    };
    const fail = (thrown: unknown): void => controller.abort(toError(thrown));
    const exchange = async (): Promise<void> => {
      const answer = await present().exchange({
        origin,
        method: options.method,
        path: options.path,
        headers: plainHeaders(options.headers),
        body: typeof options.body === 'string' ? options.body : '',
      });
      if (ended) return;
      const { status, headers, body, cut } = answer;
      handler.onResponseStart?.(controller, status, { ...headers }, '');
      handler.onResponseData?.(controller, cut ? body.subarray(0, body.length >> 1) : body);
      if (cut) throw Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });
      ended = true;
      handler.onResponseEnd?.(controller, {});
    };
    this.#connect({ origin }, (error) => {
      if (error === null) handler.onRequestStart?.(controller, null);
      else fail(error);
      // oxlint-disable-next-line promise/no-promise-in-callback -- undici's connectors call back
      if (!ended) void exchange().catch(fail);
    });
    return true;
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }

  override destroy(): Promise<void> {
    return Promise.resolve();
  }
}

function plainHeaders(headers: unknown): Record<string, string> {
  if (typeof headers !== 'object' || headers === null) return {};
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

export class Agent extends InProcess {
  constructor() {
    super(overWire);
  }
}

export class Client extends InProcess {
  constructor(_origin: string, { connect }: { readonly connect: Connect }) {
    super(connect);
  }
}
