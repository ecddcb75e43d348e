/** Times as InterNetX writes them. */

/**
 * A time of the XML gateway, `2017-01-01 10:35:22` without a zone, with the zone that the JSON API writes beside the same
 * times: Central European (Europe/Berlin). In the hour that autumn has twice, the first is meant. What has another form
 * is returned as it is.
 */
export function withZone(text: string): string {
  const match = /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})$/.exec(text);
  if (match === null) return text;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const wallMs = Date.UTC(year, month - 1, day, hour, minute, second);
  const hours = isSummer(wallMs - 2 * hourMs) ? 2 : 1;
  return `${text.replace(' ', 'T')}+0${hours}:00`;
}

const hourMs = 3_600_000;

/** From 01:00 UTC on the last Sunday of March to 01:00 UTC on the last Sunday of October (Directive 2000/84/EC). */
function isSummer(atMs: number): boolean {
  const year = new Date(atMs).getUTCFullYear();
  return atMs >= lastSunday(year, 2) + hourMs && atMs < lastSunday(year, 9) + hourMs;
}

/** Midnight UTC; March and October have 31 days. */
function lastSunday(year: number, month: number): number {
  const last = new Date(Date.UTC(year, month, 31));
  return last.getTime() - last.getUTCDay() * 24 * hourMs;
}
