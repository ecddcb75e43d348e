/** The Retry-After header (RFC 9110 §10.2.3), as a delay that can be trusted. */
import type { Clock, Random } from '../../contracts/platform.ts';

const delayMsMin = 1000;
const delayMsMax = 3_600_000;

/**
 * Milliseconds from now, between 1 s and 1 h. A missing or unreadable header gives 5 to 10 s, drawn, so that callers
 * that were refused together do not come back together.
 */
export function retryAfterMs(header: string | string[] | undefined, clock: Clock, random: Random): number {
  const text = (Array.isArray(header) ? header[0] : header)?.trim() ?? '';
  const asked = /^\d+$/.test(text) ? Number(text) * 1000 : dateMs(text) - clock.now().getTime();
  if (Number.isNaN(asked)) return Math.round(5000 + random.fraction() * 5000);
  return Math.min(delayMsMax, Math.max(delayMsMin, asked));
}

/** Date.parse takes more than HTTP dates (RFC 9110 §5.6.7), "-5" for instance. */
function dateMs(text: string): number {
  return /^[A-Z][a-z]{2,8}, .*GMT$/.test(text) ? Date.parse(text) : Number.NaN;
}
