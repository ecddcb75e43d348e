/**
 * Revocation lists, fetched once for all certificates that share one, checked, and kept in short form until the next one
 * is due: at the latest a day later, and never asked for twice within an hour, whether that went well or not.
 */
import type { Clock } from '../contracts/platform.ts';
import type { PlainHttp } from '../contracts/revocation.ts';
import { dayMs, hourMs, minuteMs } from '../core/durations.ts';
import { RenewdError } from '../core/errors.ts';
import type { Certificate } from '../pki/certificate.ts';
import { content, DerError, elementAt, sameElement, whole } from '../pki/der.ts';
import { spkiHashOf } from '../pki/public-key.ts';
import { verifySignature } from '../pki/signature.ts';
import { readEntries, type CrlEntries } from './crl-entries.ts';
import { readCrl, type CrlFields } from './crl.ts';
import { maySignLists } from './issuer.ts';
import type { ListPointer } from './pointers.ts';

/** The largest public lists have some 10 MiB. */
const listBytesMax = 20 * 1024 * 1024;
const fetchTimeoutMs = minuteMs;
const refreshMsMin = hourMs;
const refreshMsMax = dayMs;
/** What all kept lists may cost together; the one that was used longest ago goes first. */
const keptBytesMax = 32 * 1024 * 1024;
const keptMax = 256;
/** Clocks of CAs and of this machine differ by seconds; what is dated further ahead is refused. */
const clockSkewMs = 5 * minuteMs;

export interface CheckedList {
  readonly fields: Pick<CrlFields, 'thisUpdateMs' | 'nextUpdateMs' | 'extensions'>;
  readonly entries: CrlEntries;
}

interface Kept {
  list: CheckedList | undefined;
  failure: string | undefined;
  /** Not asked for again before. */
  nextFetchMs: number;
  fetching: Promise<void> | undefined;
}

export interface ListsDependencies {
  readonly http: PlainHttp;
  readonly clock: Clock;
  /** Fires when the process ends: a shared download is nobody's alone. */
  readonly signal: AbortSignal;
}

export class RevocationLists {
  readonly #http: PlainHttp;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  /** By address and issuer's key, the one used last at the end. */
  readonly #kept = new Map<string, Kept>();

  constructor({ http, clock, signal }: ListsDependencies) {
    this.#http = http;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** The list, signed by the issuer and not out of date. Throws RenewdError `revocation-unreadable`. */
  async get(pointer: ListPointer, issuer: Certificate): Promise<CheckedList> {
    const key = `${spkiHashOf(issuer.fields.spki)} ${pointer.url}`;
    const kept = this.#kept.get(key) ?? {
      list: undefined,
      failure: undefined,
      nextFetchMs: 0,
      fetching: undefined,
    };
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const nowMs = this.#clock.now().getTime();
    // A clock that was set back must not keep an old list for longer than it would have been kept.
    const due = nowMs >= kept.nextFetchMs || kept.nextFetchMs > nowMs + refreshMsMax;
    if (due || kept.fetching !== undefined) {
      kept.fetching ??= this.#fetch(kept, pointer.url, issuer).finally(() => {
        kept.fetching = undefined;
        this.#forget();
      });
      await kept.fetching;
    }
    const problem =
      kept.list === undefined ? kept.failure : datesProblem(kept.list.fields, this.#clock.now());
    if (kept.list === undefined || problem !== undefined)
      throw unreadable(problem ?? 'there is no list', pointer.url);
    return kept.list;
  }

  async #fetch(kept: Kept, url: string, issuer: Certificate): Promise<void> {
    const now = this.#clock.now();
    kept.nextFetchMs = now.getTime() + refreshMsMin;
    try {
      const request = { url, maxBytes: listBytesMax, timeoutMs: fetchTimeoutMs, signal: this.#signal };
      const list = await checkList(await this.#http.fetch(request), issuer, now);
      kept.list = list;
      kept.failure = undefined;
      const untilMs = Math.min(list.fields.nextUpdateMs, now.getTime() + refreshMsMax);
      kept.nextFetchMs = Math.max(untilMs, kept.nextFetchMs);
    } catch (error) {
      if (!(error instanceof DerError) && !(error instanceof RenewdError)) throw error;
      // An earlier list stays as long as it is not out of date.
      kept.failure = error.message;
    }
  }

  #forget(): void {
    let bytes = 0;
    for (const { list } of this.#kept.values()) bytes += list?.entries.bytes ?? 0;
    for (const [key, { list, fetching }] of this.#kept) {
      if (bytes <= keptBytesMax && this.#kept.size <= keptMax) return;
      if (fetching !== undefined) continue;
      bytes -= list?.entries.bytes ?? 0;
      this.#kept.delete(key);
    }
  }
}

/** Whose list it is, from when, and whether the issuer signed it; then its entries. Throws DerError. */
export async function checkList(der: Uint8Array, issuer: Certificate, now: Date): Promise<CheckedList> {
  const list = readCrl(der);
  if (!sameElement(list.issuer, issuer.fields.subject)) throw new DerError('the list is of another issuer');
  const problem = datesProblem(list, now);
  if (problem !== undefined) throw new DerError(problem);
  if (!maySignLists(issuer)) throw new DerError('the issuer may not sign lists');
  const { signed, signatureAlgorithm, signature, thisUpdateMs, nextUpdateMs } = list;
  const bits = content(signature).subarray(1);
  if (!(await verifySignature(signatureAlgorithm, whole(signed), bits, issuer.x509.publicKey)))
    throw new DerError('the signature of the list is not valid');
  // What is kept must not hold the whole list in memory.
  const extensions = ownExtensions(list);
  return { fields: { thisUpdateMs, nextUpdateMs, extensions }, entries: await readEntries(list.entries) };
}

/** The extensions on bytes of their own. */
function ownExtensions({ extensions }: CrlFields): CrlFields['extensions'] {
  return new Map(
    [...extensions].map(([oid, { critical, value }]) => {
      const bytes = Buffer.from(whole(value));
      return [oid, { critical, value: elementAt(bytes, 0, bytes.length) }];
    }),
  );
}

/** Undefined: it counts now. */
export function datesProblem(
  { thisUpdateMs, nextUpdateMs }: { readonly thisUpdateMs: number; readonly nextUpdateMs: number },
  now: Date,
): string | undefined {
  const iso = (ms: number): string => new Date(ms).toISOString();
  if (thisUpdateMs > now.getTime() + clockSkewMs)
    return `it is dated ${iso(thisUpdateMs)}, which has not come yet`;
  return nextUpdateMs <= now.getTime() ? `it is out of date since ${iso(nextUpdateMs)}` : undefined;
}

function unreadable(why: string, url: string): RenewdError {
  return new RenewdError('revocation-unreadable', `the list ${url}: ${why}`);
}
