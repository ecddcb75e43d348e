/**
 * Asks everybody whom a certificate names about its revocation. One word of "revoked" that the issuer signed is enough;
 * "good" needs one as well; whatever fails only leaves less known.
 */
import type { Clock } from '../contracts/platform.ts';
import type { PlainHttp, PlainRequest, RevocationAnswer, RevocationReader } from '../contracts/revocation.ts';
import { minuteMs, secondMs } from '../core/durations.ts';
import { RenewdError, toRenewdError } from '../core/errors.ts';
import { integerBytes, DerError } from '../pki/der.ts';
import { readCertificate } from '../pki/x509.ts';
import { serialBytesMax } from './crl-entries.ts';
import { scopeProblem } from './crl.ts';
import { findLeaf, pairOf, type Pair } from './issuer.ts';
import { datesProblem, RevocationLists } from './lists.ts';
import { certId, ocspRequest } from './ocsp-request.ts';
import { readOcspResponse } from './ocsp-response.ts';
import { revocationPointers, type ListPointer } from './pointers.ts';

const answerBytesMax = 64 * 1024;
const answerTimeoutMs = 15 * secondMs;
/** A responder that gave no answer is not asked again, about whatever certificate, for so long. */
const restMs = 10 * minuteMs;
const restingMax = 1000;

export interface ReaderDependencies {
  readonly http: PlainHttp;
  readonly clock: Clock;
  /** Fires when the process ends. */
  readonly signal: AbortSignal;
}

/** What one list or responder said; a failure is an answer that nothing is known. */
type Word = Omit<RevocationAnswer, 'offered'>;

export function createRevocationReader({
  http,
  clock,
  signal: ending,
}: ReaderDependencies): RevocationReader {
  const lists = new RevocationLists({ http, clock, signal: ending });
  /** Until when, by address. */
  const resting = new Map<string, number>();

  /** Ten thousand certificates must not wait for a responder that is down ten thousand times. */
  async function fetchAnswer(request: PlainRequest): Promise<Buffer> {
    const { url } = request;
    const untilMs = resting.get(url) ?? 0;
    const nowMs = clock.now().getTime();
    if (nowMs < untilMs && untilMs <= nowMs + restMs)
      throw new RenewdError('revocation-unreadable', `${url} gave no answer a moment ago`);
    resting.delete(url);
    try {
      return await http.fetch(request);
    } catch (thrown) {
      if (resting.size < restingMax && !request.signal.aborted) resting.set(url, nowMs + restMs);
      throw thrown;
    }
  }

  async function askList(pointer: ListPointer, { leaf, issuer }: Pair): Promise<Word> {
    const list = await lists.get(pointer, issuer);
    const problem = scopeProblem(list.fields, pointer.names);
    if (problem !== undefined) throw new DerError(problem);
    const serial = integerBytes(leaf.fields.serial);
    if (serial.length > serialBytesMax) throw new DerError('the serial number is too long to be in a list');
    const entry = list.entries.find(serial);
    const common = { source: pointer.url, detail: `the list ${pointer.url}` };
    return entry === undefined
      ? { ...common, status: 'good', reason: null, revokedAt: null }
      : { ...common, status: 'revoked', ...entry };
  }

  async function askResponder(url: string, { leaf, issuer }: Pair, signal: AbortSignal): Promise<Word> {
    const id = certId(leaf.fields, issuer.fields);
    const der = await fetchAnswer({
      url,
      body: { type: 'application/ocsp-request', bytes: ocspRequest(id) },
      maxBytes: answerBytesMax,
      timeoutMs: answerTimeoutMs,
      signal: AbortSignal.any([signal, ending]),
    });
    const now = clock.now();
    const single = await readOcspResponse(der, id, issuer, now);
    const problem = datesProblem(single, now);
    if (problem !== undefined) throw new DerError(problem);
    const { status, reason, revokedAt } = single;
    const detail = status === 'unknown' ? `the responder ${url} does not know it` : `the responder ${url}`;
    return { status, reason, revokedAt, source: url, detail };
  }

  /** The first of several addresses for the same thing that knows anything. */
  async function firstOf<T>(
    places: readonly T[],
    url: (place: T) => string,
    ask: (place: T) => Promise<Word>,
  ): Promise<Word[]> {
    const failures: Word[] = [];
    for (const place of places) {
      const word = await ask(place).catch((thrown: unknown) => unknown(reasonOf(thrown, url(place))));
      if (word.status !== 'unknown') return [word];
      failures.push(word);
    }
    return failures;
  }

  return {
    async look({ pems, fingerprint256 }, signal) {
      try {
        const pile = findLeaf(pems, fingerprint256);
        const { lists: pointers, responders } = revocationPointers(readCertificate(pile.leaf));
        if (pointers.length === 0 && responders.length === 0)
          return { ...unknown('it names neither a revocation list nor a responder'), offered: false };
        const pair = pairOf(pile);
        const words = [
          ...(await firstOf(
            pointers,
            ({ url }) => url,
            (pointer) => askList(pointer, pair),
          )),
          ...(await firstOf(
            responders,
            (url) => url,
            (url) => askResponder(url, pair, signal),
          )),
        ];
        return { ...together(words), offered: true };
      } catch (thrown) {
        return { ...unknown(reasonOf(thrown, undefined)), offered: true };
      }
    },
  };
}

function together(words: readonly Word[]): Word {
  const certain =
    words.find(({ status }) => status === 'revoked') ?? words.find(({ status }) => status === 'good');
  return certain ?? unknown(words.map(({ detail }) => detail).join('; '));
}

function unknown(detail: string): Word {
  return { status: 'unknown', reason: null, revokedAt: null, source: null, detail: detail.slice(0, 500) };
}

function reasonOf(thrown: unknown, url: string | undefined): string {
  if (!(thrown instanceof DerError)) return toRenewdError(thrown).message;
  return url === undefined ? thrown.message : `${url}: ${thrown.message}`;
}
