/** What a program said, fit for an error: its last lines, without the secrets that it was given. */
import { secretForms } from '../../core/secret-forms.ts';
import type { ProcessResult } from '../../contracts/platform.ts';

const linesMax = 5;
const charactersMax = 500;

/** The platform keeps this much of each stream, from its beginning: a text of this size was cut. */
const keptBytesMax = 16 * 1024;

/** Shorter lines of a secret are words like any other. */
const secretLineMin = 4;

/** Controls, separators of lines, and the invisible marks that reorder text on a terminal. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** Removes the secrets from a text, in the coats in which programs print what they sent. */
export function scrubber(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.flatMap(spellings))]
    .filter((form) => form !== '')
    .sort((a, b) => b.length - a.length);
  return (text) => forms.reduce((rest, form) => rest.replaceAll(form, '[secret]'), text);
}

/** The last lines of what went to standard error, else to standard output, at most 500 characters of them. */
export function lastLines(
  { stderr, stdout }: Pick<ProcessResult, 'stderr' | 'stdout'>,
  scrub: (text: string) => string,
): string {
  const text = stderr.trim() === '' ? stdout : stderr;
  // Scrubbed first: neither a line break nor a cut may part a secret. What the platform cut ends with half a line.
  const lines = scrub(text).split(/\r\n|\n|\r/);
  const whole = Buffer.byteLength(text) >= keptBytesMax ? [...lines.slice(0, -1), '(more was said)'] : lines;
  const said = whole
    .map((line) => line.replace(unprintable, ' ').trim())
    .filter((line) => line !== '')
    .slice(-linesMax)
    .join(' / ');
  return said.length > charactersMax ? `…${said.slice(1 - charactersMax)}` : said;
}

function spellings(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= secretLineMin);
  return [secret, ...lines].flatMap(secretForms);
}
