/** Typed access to the parameters of one command. */
import { dateTime, Refusal } from './answers.ts';
import type { Page } from './answers.ts';

const MOMENT = /^(\d{4}-\d\d-\d\d)( \d\d:\d\d:\d\d)?(\.\d+)?$/;

export class Parameters {
  readonly #given: ReadonlyMap<string, string>;

  constructor(given: ReadonlyMap<string, string>) {
    this.#given = given;
  }

  text(name: string): string | undefined {
    return this.#given.get(name);
  }

  required(name: string): string {
    const text = this.#given.get(name);
    if (text === undefined) throw new Refusal(504, name);
    return text;
  }

  /** Undefined: not given, which is not the same as 0 where something is inherited. */
  flag(name: string): boolean | undefined {
    const text = this.#given.get(name);
    if (text !== undefined && text !== '0' && text !== '1') throw new Refusal(505, name);
    return text === undefined ? undefined : text === '1';
  }

  int(name: string, least: number, most: number): number | undefined {
    const text = this.#given.get(name);
    if (text === undefined) return undefined;
    if (!/^\d{1,9}$/.test(text) || Number(text) < least || Number(text) > most) throw new Refusal(505, name);
    return Number(text);
  }

  /** One of the words, compared without case, returned in the list's spelling. */
  word<T extends string>(name: string, words: readonly T[]): T | undefined {
    const text = this.#given.get(name)?.toLowerCase();
    if (text === undefined) return undefined;
    const word = words.find((candidate) => candidate.toLowerCase() === text);
    if (word === undefined) throw new Refusal(505, name);
    return word;
  }

  /** As it compares with a printed moment: a date alone is its first second, or its last where it ends a range. */
  moment(name: string, end: 'first' | 'last'): string | undefined {
    const text = this.#given.get(name);
    if (text === undefined) return undefined;
    const match = MOMENT.exec(text);
    if (match === null) throw new Refusal(505, name);
    return `${match[1]}${match[2] ?? (end === 'first' ? ' 00:00:00' : ' 23:59:59')}`;
  }

  /** Between MIN… and MAX… of that name, both included. */
  range(column: string): (at: Date) => boolean {
    const from = this.moment(`MIN${column}`, 'first');
    const until = this.moment(`MAX${column}`, 'last');
    return (at) =>
      (from === undefined || dateTime(at) >= from) && (until === undefined || dateTime(at) <= until);
  }

  /** `NAME0`, `NAME1`, … by number. */
  numbered(name: string): ReadonlyMap<number, string> {
    const found: [number, string][] = [];
    for (const [key, text] of this.#given) {
      const number = key.startsWith(name) ? key.slice(name.length) : '';
      if (/^\d+$/.test(number)) found.push([Number(number), text]);
    }
    return new Map(found.sort(([a], [b]) => a - b));
  }

  list(name: string): string[] {
    return [...this.numbered(name).values()];
  }

  /** Everything whose name begins so. */
  beginning(prefix: string): ReadonlyMap<string, string> {
    return new Map([...this.#given].filter(([name]) => name.startsWith(prefix)));
  }

  page(limit: number): Page {
    return { first: this.int('FIRST', 0, 999_999_999) ?? 0, limit: this.int('LIMIT', 1, 10_000) ?? limit };
  }
}

/** `*` and `?` stand for anything; no pattern matches everything; case does not matter. Never looks back twice. */
export function matches(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined) return true;
  const wanted = pattern.toLowerCase();
  const given = text.toLowerCase();
  let at = 0;
  let star = -1;
  let starredUpTo = 0;
  let position = 0;
  while (position < given.length) {
    const expected = wanted[at];
    if (expected === '*') {
      star = at;
      starredUpTo = position;
      at += 1;
    } else if (expected === '?' || (expected !== undefined && expected === given[position])) {
      at += 1;
      position += 1;
    } else if (star >= 0) {
      starredUpTo += 1;
      position = starredUpTo;
      at = star + 1;
    } else {
      return false;
    }
  }
  return /^\**$/.test(wanted.slice(at));
}
