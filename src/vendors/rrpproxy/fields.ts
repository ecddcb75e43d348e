/** Values of an answer as RRPproxy writes them, for people and JSON. */
import { parseDate } from '../command-text/fields.ts';
import { column, single, type Answer } from '../command-text/wire.ts';
import { bounded } from '../common/text.ts';

/** "FAIL" and digits is what a failed request gets instead of an id (manual 8.1.2): never an id. */
export function isFailId(text: string): boolean {
  return /^fail\d/i.test(text);
}

/** "0" and "1" of the manual's tables; other texts say nothing. */
export function flag(answer: Answer, ...names: readonly string[]): boolean | undefined {
  const value = single(answer, ...names);
  return value === '1' ? true : value === '0' ? false : undefined;
}

/** Text for people and JSON: one bounded line, or undefined. */
export function text(answer: Answer, ...names: readonly string[]): string | undefined {
  const value = single(answer, ...names);
  return value === undefined ? undefined : bounded(value);
}

/** The values that are there, as bounded lines. */
export function texts(answer: Answer, ...names: readonly string[]): string[] {
  return column(answer, ...names).flatMap((value) => (value === undefined ? [] : [bounded(value)]));
}

/** The moment as ISO text, for JSON. */
export function isoDate(answer: Answer, ...names: readonly string[]): string | undefined {
  return parseDate(single(answer, ...names))?.toISOString();
}
