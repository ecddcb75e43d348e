/**
 * Who may read the status listener. A token is shown as `Authorization: Bearer` by scrapers and as the password of HTTP
 * Basic by browsers (RFC 6750 §2.1, RFC 7617); no cookie, so nothing that another page could make a browser send. Where
 * nothing is demanded, the name that a request is for is looked at: a page from elsewhere can have its own name lead to
 * our address (DNS rebinding), but it cannot make a browser say another name.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP, isIPv6 } from 'node:net';
import type { ListenSettings } from '../core/certificate.ts';
import { minuteMs } from '../core/durations.ts';

export type Verdict =
  /** Shown and right, or nothing is demanded. */
  | 'granted'
  /** Nothing was shown. */
  | 'missing'
  | 'wrong'
  /** Wrong, and not for the first time. */
  | 'too-many';

export interface Guard {
  readonly demandsToken: boolean;
  /** `first`: of a minute from this address, so that a log of it stays short. */
  judge(
    authorization: string | undefined,
    address: string,
    now: Date,
  ): { readonly verdict: Verdict; readonly first: boolean };
  /** Undefined: nothing is demanded. */
  setToken(token: string | undefined): void;
}

/** From one address in a minute; a right token counts at any time, so that nobody can lock others out. */
export const attemptsMax = 10;
const addressesMax = 1000;
const credentialsMax = 8 * 1024;

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** What is claimed to be the token; undefined when nothing in a known form is. */
export function tokenIn(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length > credentialsMax) return undefined;
  const [, scheme = '', value = ''] = /^(bearer|basic) +(\S+) *$/i.exec(authorization) ?? [];
  if (scheme === '') return undefined;
  if (scheme.toLowerCase() === 'bearer') return value;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 ? undefined : pair.slice(colon + 1);
}

/** One household: an IPv4 address, or the first 64 bits of an IPv6 one, of which its owner has 2^64. */
function householdOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [head = ''] = address.split('%');
  const [left = '', right] = head.split('::');
  const groups = left === '' ? [] : left.split(':');
  const missing = right === undefined ? 0 : 8 - groups.length - (right === '' ? 0 : right.split(':').length);
  const all = [...groups, ...Array.from({ length: missing }, () => '0'), ...(right ?? '').split(':')];
  return `${all.slice(0, 4).join(':')}::/64`;
}

export function createGuard(initial: string | undefined): Guard {
  let expected = initial === undefined ? undefined : digest(initial);
  const attempts = new Map<string, { count: number; readonly sinceMs: number }>();

  function countOf(address: string, now: Date): number {
    const household = householdOf(address);
    const known = attempts.get(household);
    const ageMs = now.getTime() - (known?.sinceMs ?? 0);
    if (known !== undefined && ageMs >= 0 && ageMs < minuteMs) return (known.count += 1);
    attempts.delete(household);
    const [oldest] = attempts.keys();
    if (attempts.size >= addressesMax && oldest !== undefined) attempts.delete(oldest);
    attempts.set(household, { count: 1, sinceMs: now.getTime() });
    return 1;
  }

  return {
    get demandsToken() {
      return expected !== undefined;
    },
    judge(authorization, address, now) {
      if (expected === undefined) return { verdict: 'granted', first: false };
      if (authorization === undefined) return { verdict: 'missing', first: false };
      // Digests have one length, and what differs in them says nothing about what differs in the texts.
      if (timingSafeEqual(digest(tokenIn(authorization) ?? ''), expected))
        return { verdict: 'granted', first: false };
      const count = countOf(address, now);
      return { verdict: count > attemptsMax ? 'too-many' : 'wrong', first: count === 1 };
    },
    setToken(token) {
      expected = token === undefined ? undefined : digest(token);
    },
  };
}

/** `host`: the header. Absent: no browser sent it. */
export function isKnownHost(
  host: string | undefined,
  listen: Pick<ListenSettings, 'host' | 'hosts'>,
): boolean {
  if (host === undefined) return true;
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::\d{1,5})?$/.exec(host);
  const [, bracketed, bare = ''] = match ?? [];
  if (match === null) return false;
  if (bracketed !== undefined) return isIP(bracketed) === 6;
  const name = bare.toLowerCase().replace(/\.$/, '');
  // No name leads to an address that is written out: whoever says it, means it.
  return (
    isIP(name) === 4 || name === 'localhost' || name === listen.host || (listen.hosts ?? []).includes(name)
  );
}
