/**
 * The names that a configuration holds, for the completions of shells: fast, and without judging anything. Bounded in what
 * is read instead of in time; nothing where a file cannot be read.
 */
import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { isPattern, matchFiles } from './inventory-files.ts';
import { readSource } from './source-text.ts';

export interface ConfiguredNames {
  readonly certificates: readonly string[];
  readonly providers: readonly string[];
  readonly channels: readonly string[];
}

const filesMax = 1000;
/** A tenth of a second of the YAML reader; larger files are searched for the first line of each entry. */
const parsedCharactersMax = 256 * 1024;
const searchedCharactersMax = 32 * 1024 * 1024;

/** What the configuration allows as a name; shells may expand anything else. */
const name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function dataOf(text: string): unknown {
  try {
    return parseDocument(text).toJS();
  } catch {
    // Aliases without an anchor, and the like: `renewd check` says what is wrong.
    return undefined;
  }
}

function keysOf(value: unknown): readonly string[] {
  return isRecord(value) ? Object.keys(value) : [];
}

function entryNames(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) =>
    isRecord(entry) && typeof entry['name'] === 'string' ? [entry['name']] : [],
  );
}

/** Of a file that is too large to be parsed for a completion. */
function searchedNames(text: string): readonly string[] {
  return [...text.matchAll(/^\s*-\s+(?:\{\s*)?name:\s*["']?([A-Za-z0-9._-]{1,100})/gm)].map(
    ([, found = '']) => found,
  );
}

/** Never throws. */
export function configuredNames(mainPath: string): ConfiguredNames {
  const textOf = (path: string): string => {
    const source = readSource(path);
    return 'text' in source ? source.text : '';
  };
  const certificates: string[] = [];
  let left = searchedCharactersMax;
  const take = (text: string): unknown => {
    left -= text.length;
    if (text.length > parsedCharactersMax) {
      certificates.push(...searchedNames(text));
      return undefined;
    }
    const data = dataOf(text);
    certificates.push(...entryNames(isRecord(data) ? data['certificates'] : data));
    return data;
  };
  const main = take(textOf(mainPath));
  if (!isRecord(main)) return { certificates: only(certificates), providers: [], channels: [] };
  const patterns = Array.isArray(main['inventory']) ? main['inventory'] : [];
  const paths = patterns
    .filter((pattern) => typeof pattern === 'string')
    .map((pattern) => resolve(dirname(mainPath), pattern))
    .flatMap((pattern) => (isPattern(pattern) ? matchFiles(pattern) : [pattern]));
  for (const path of [...new Set(paths)].slice(0, filesMax)) if (left > 0) take(textOf(path));
  return {
    certificates: only(certificates),
    providers: only(keysOf(main['providers'])),
    channels: only(keysOf(main['notices'])),
  };
}

function only(names: readonly string[]): readonly string[] {
  return [...new Set(names)].filter((one) => name.test(one));
}
