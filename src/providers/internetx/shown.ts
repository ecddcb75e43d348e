/** Objects of the provider as a person may see them: bounded, and without what opens doors. */
import { bounded } from '../../vendors/common/text.ts';

const depthMax = 12;
const entriesMax = 1000;
/** A chain of PEM blocks fits. */
const textMax = 32 * 1024;

/** Keys under which objects of any kind carry secrets: transfer codes, passwords, keys. */
export function isSecretKey(key: string): boolean {
  return /auth_?info|auth_?code|passw|secret|token|private|\bpin\b|api_?key/i.test(key);
}

/** Plain JSON data of what the provider answered; cut where it is longer or deeper than anybody reads. */
export function shown(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return shownText(value);
  if (typeof value !== 'object' || value === null) return value ?? null;
  if (depth >= depthMax) return '…';
  if (Array.isArray(value)) return value.slice(0, entriesMax).map((entry) => shown(entry, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, entriesMax)
      .map(([key, entry]) => [bounded(key, 80), isSecretKey(key) ? '[secret]' : shown(entry, depth + 1)]),
  );
}

/** PEM and zone lines keep their line ends and tabs; every other control character goes. */
function shownText(text: string): string {
  const lines = text.slice(0, textMax).split(/\r?\n/);
  return lines
    .map((line) =>
      line
        .split('\t')
        .map((part) => bounded(part, textMax))
        .join('\t'),
    )
    .join('\n');
}
