/** The JSON API: one request out, the accepted envelope back. No policy, no retries (help page JSON API Basics). */
import { hasKind } from '../../core/errors.ts';
import { createHttpClient } from '../common/http.ts';
import {
  basicCredentials,
  redactorOf,
  throttleOf,
  urlOf,
  type Account,
  type VendorDependencies,
} from './account.ts';
import { acceptedEnvelope, outcomeOf, type CommandTraits } from './errors.ts';
import { parseJsonEnvelope, type JsonEnvelope } from './json-wire.ts';

export interface JsonRequest extends CommandTraits {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  /** Below the base URL; ids in it are checked by the caller. */
  readonly path: string;
  /** Extra fields of lists and options: `?keys[]=a&keys[]=b`, brackets unescaped as the vendor's clients send them. */
  readonly keys?: readonly string[];
  readonly body?: object;
  /** Our reference: returns as `ctid` in the answer and in the order's message. */
  readonly ctid?: string;
  readonly signal: AbortSignal;
}

export interface JsonTransport {
  send(request: JsonRequest): Promise<JsonEnvelope>;
  close(): Promise<void>;
}

export function createJsonTransport(account: Account, dependencies: VendorDependencies): JsonTransport {
  const { clock, random, observe } = dependencies;
  const throttle = throttleOf(account, dependencies);
  // The API demands a User-Agent (help page JSON API Basics, "Login and authentication").
  const http = createHttpClient({
    baseUrl: urlOf(account),
    userAgent: 'renewd',
    throttle,
    clock,
    random,
    observe,
  });
  const redact = redactorOf(account);

  return {
    async send(request) {
      const { command, method, path, keys = [], body, repeatable, signal } = request;
      const query = keys.map((key) => `keys[]=${key}`).join('&');
      let envelope: JsonEnvelope | undefined;
      try {
        const answer = await http.request({
          command,
          method,
          path: query === '' ? path : `${path}?${query}`,
          headers: headersOf(account, request),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          repeatable,
          signal,
          outcomeOf: (received) => {
            envelope = parseJsonEnvelope(received.text());
            return outcomeOf(received.status, envelope);
          },
        });
        return acceptedEnvelope(answer.status, envelope, request, redact);
      } catch (thrown) {
        // The limit counts for the whole address: whoever else waits for a turn must wait, too.
        if (hasKind(thrown, 'rate-limited')) throttle.pause(thrown.retryAfterMs ?? 0);
        throw thrown;
      }
    },
    close: () => http.close(),
  };
}

function headersOf(account: Account, { body, ctid }: JsonRequest): Record<string, string> {
  return {
    authorization: `Basic ${basicCredentials(account)}`,
    'x-domainrobot-context': String(account.context),
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(ctid === undefined ? {} : { 'x-domainrobot-ctid': ctid }),
  };
}
