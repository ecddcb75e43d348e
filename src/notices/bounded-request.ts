/** One HTTP request without a client's comforts: no redirect is followed, no connection kept, time and size are bounded. */
import { request as tlsRequest } from 'node:https';
import { RenewdError } from '../core/errors.ts';
import { urlProblem } from '../core/notices.ts';
import { version } from '../core/version.ts';

export interface BoundedRequest {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** From the look-up of the name to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const { request: plainRequest } = process.getBuiltinModule('node:http');
/** The answer's body means nothing to us. */
const answerBytesMax = 64 * 1024;

function failed(message: string, cause?: unknown): RenewdError {
  return new RenewdError('notice-failed', message, cause === undefined ? {} : { cause });
}

/** A code or a fixed word, never text of the peer. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'unknown failure';
  if (thrown.name === 'TimeoutError') return 'timed out';
  if (thrown.name === 'AbortError') return 'cancelled or timed out';
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : thrown.name;
}

/** Resolves when the answer is 2xx. Throws RenewdError `notice-failed`, which names the host and never the rest of the URL. */
export async function requestBounded(text: string, options: BoundedRequest): Promise<void> {
  const problem = urlProblem(text);
  if (problem !== undefined) throw failed(`the URL ${problem}`);
  const url = new URL(text);
  const { method, body, timeoutMs } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([options.signal, timeout]);
  const headers = {
    'user-agent': `renewd/${version}`,
    connection: 'close',
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    ...options.headers,
  };
  const send = url.protocol === 'https:' ? tlsRequest : plainRequest;
  let status: number;
  try {
    status = await new Promise<number>((resolve, reject) => {
      const outgoing = send(url, { method, headers, agent: false, signal }, (answer) => {
        let bytes = 0;
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          // The status was said; what else it says is cut short.
          if (bytes > answerBytesMax) outgoing.destroy();
        });
        answer.once('close', () => resolve(answer.statusCode ?? 0));
        answer.once('error', () => resolve(answer.statusCode ?? 0));
      });
      outgoing.once('error', reject);
      outgoing.end(body);
    });
    signal.throwIfAborted();
  } catch (thrown) {
    const why = timeout.aborted ? 'timed out' : reasonOf(thrown);
    throw failed(`no answer from ${url.host}: ${why}`, thrown);
  }
  if (status >= 300 && status < 400)
    throw failed(`${url.host} answered with a redirect (HTTP ${status}), which is not followed`);
  if (status < 200 || status >= 300) throw failed(`${url.host} answered HTTP ${status}`);
}
