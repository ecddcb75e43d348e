/**
 * HTTP without TLS and without secrets, for revocation lists and OCSP: their content is signed. Bounded in size and time,
 * a redirect is followed on the same host only, and nothing is kept open.
 */
import type { IncomingMessage } from 'node:http';
import type { PlainHttp, PlainRequest } from '../contracts/revocation.ts';
import { RenewdError } from '../core/errors.ts';

const { request } = process.getBuiltinModule('node:http');
const redirectsMax = 3;

export const plainHttp: PlainHttp = {
  async fetch(question) {
    // One limit for everything: a peer that sends a byte now and then is cut off as well.
    const signal = AbortSignal.any([question.signal, AbortSignal.timeout(question.timeoutMs)]);
    let url = checkedUrl(question.url);
    for (let followed = 0; ; followed += 1) {
      const answer = await exchange(url, question, signal);
      if (Buffer.isBuffer(answer)) return answer;
      if (answer.host !== url.host)
        throw unreadable(`${url.host} redirects to another host (${answer.host})`);
      if (followed === redirectsMax) throw unreadable(`${url.host} redirects in circles`);
      url = answer;
    }
  },
};

function checkedUrl(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  if (url === null || url.protocol !== 'http:') throw unreadable('the address is no http address');
  if (url.username !== '' || url.password !== '') throw unreadable('the address holds credentials');
  return url;
}

/** The body, or where else it is. */
function exchange(url: URL, { body, maxBytes }: PlainRequest, signal: AbortSignal): Promise<Buffer | URL> {
  return new Promise((resolve, reject) => {
    const fail = (thrown: unknown): void => {
      reject(
        thrown instanceof RenewdError
          ? thrown
          : unreadable(`${url.host}: ${reasonOf(thrown, signal)}`, thrown),
      );
    };
    const headers = {
      'user-agent': 'renewd',
      ...(body === undefined
        ? {}
        : { 'content-type': body.type, 'content-length': String(body.bytes.length) }),
    };
    const sent = request(url, { method: body === undefined ? 'GET' : 'POST', headers, agent: false, signal });
    sent.on('error', fail);
    sent.on('response', (answer) => {
      answer.on('error', fail);
      const location = redirectOf(answer);
      if (location !== undefined) {
        answer.destroy();
        try {
          resolve(checkedUrl(location, url));
        } catch (thrown) {
          fail(thrown);
        }
      } else if (answer.statusCode === 200) {
        read(answer, maxBytes).then(resolve, fail);
      } else {
        answer.destroy();
        fail(unreadable(`${url.host} answered HTTP ${answer.statusCode ?? 0}`));
      }
    });
    sent.end(body?.bytes);
  });
}

function redirectOf({ statusCode = 0, headers }: IncomingMessage): string | undefined {
  return [301, 302, 303, 307, 308].includes(statusCode) ? headers.location : undefined;
}

async function read(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = (): RenewdError => unreadable(`the answer is larger than ${maxBytes} bytes`);
  const promised = Number(answer.headers['content-length'] ?? 0);
  if (promised > maxBytes) {
    answer.destroy();
    throw tooLarge();
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    // Leaving the loop destroys the stream, and with it the connection.
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function unreadable(message: string, cause?: unknown): RenewdError {
  return new RenewdError('revocation-unreadable', message, cause === undefined ? {} : { cause });
}

/** A code or a fixed word, never text of the peer. */
function reasonOf(thrown: unknown, signal: AbortSignal): string {
  if (signal.aborted) {
    const reason: unknown = signal.reason;
    return reason instanceof Error && reason.name === 'TimeoutError' ? 'timed out' : 'cancelled';
  }
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : 'the connection failed';
}
