/** Durations as people write them ("30d", "1h30m") and as milliseconds. */

export const secondMs = 1000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: secondMs,
  m: minuteMs,
  h: hourMs,
  d: dayMs,
  w: 7 * dayMs,
};

/** Milliseconds, or undefined when the text is not a sum of numbers with units ms, s, m, h, d, w. */
export function parseDuration(text: string): number | undefined {
  const pattern = /(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/gy;
  const trimmed = text.replaceAll(' ', '');
  if (trimmed === '') return undefined;
  let total = 0;
  while (pattern.lastIndex < trimmed.length) {
    const match = pattern.exec(trimmed);
    if (match === null) return undefined;
    total += Number(match[1]) * (unitMs[match[2] ?? ''] ?? Number.NaN);
    if (pattern.lastIndex === trimmed.length) break;
  }
  return Number.isFinite(total) && total <= 100 * 366 * dayMs ? Math.round(total) : undefined;
}

/** The two largest units: "12d 4h", "3m 20s", "850ms". */
export function formatDuration(ms: number): string {
  const sign = ms < 0 ? '-' : '';
  let rest = Math.abs(ms);
  if (rest < secondMs) return `${sign}${Math.round(rest)}ms`;
  const parts: string[] = [];
  for (const [unit, size] of [
    ['d', dayMs],
    ['h', hourMs],
    ['m', minuteMs],
    ['s', secondMs],
  ] as const) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 || parts.length > 0) parts.push(`${count}${unit}`);
    if (parts.length === 2) break;
  }
  return sign + parts.filter((part, index) => index === 0 || !part.startsWith('0')).join(' ');
}

/** Cut to whole seconds: stored times must equal recomputed ones. */
export function wholeSeconds(at: Date): Date {
  return new Date(Math.floor(at.getTime() / secondMs) * secondMs);
}
