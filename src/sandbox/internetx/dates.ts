/** Moments as this API writes them: `2018-12-12T10:53:23.000+0100`, in German local time whatever the machine's zone. */

const OFFSET = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', timeZoneName: 'longOffset' });

function offset(date: Date): { minutes: number; text: string } {
  const name = OFFSET.formatToParts(date).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
  const match = /^GMT([+-])(\d\d):(\d\d)$/.exec(name);
  if (match === null) return { minutes: 0, text: '+0000' };
  const [, sign = '+', hours = '00', minutes = '00'] = match;
  const total = Number(hours) * 60 + Number(minutes);
  return { minutes: sign === '-' ? -total : total, text: `${sign}${hours}${minutes}` };
}

export function localTime(date: Date): string {
  const { minutes, text } = offset(date);
  return new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, 23) + text;
}

/** The vendor's mistake: the UTC wall clock with the local offset behind it. */
export function skewedTime(date: Date): string {
  return date.toISOString().slice(0, 23) + offset(date).text;
}

/** `20181212`, for transaction ids and tokens. */
export function compactDay(date: Date): string {
  return localTime(date).slice(0, 10).replaceAll('-', '');
}

/** `20181212105323`. */
export function compactTime(date: Date): string {
  return localTime(date).slice(0, 19).replace(/[-T:]/g, '');
}
