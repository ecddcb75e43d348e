/** Typed access to the parameters of one request. */
import { Refusal } from './answers.ts';

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
    if (text === undefined) throw new Refusal(504, name.toUpperCase());
    return text;
  }

  flag(name: string): boolean {
    const text = this.#given.get(name);
    if (text !== undefined && text !== '0' && text !== '1') throw new Refusal(505, name.toUpperCase());
    return text === '1';
  }

  count(name: string, fallback: number, least: number): number {
    const text = this.#given.get(name);
    if (text === undefined) return fallback;
    if (!/^\d{1,9}$/.test(text) || Number(text) < least) throw new Refusal(505, name.toUpperCase());
    return Number(text);
  }

  /** One of the words, compared without case, returned in the table's spelling. */
  word<T extends string>(name: string, words: readonly T[]): T | undefined {
    const text = this.#given.get(name)?.toLowerCase();
    if (text === undefined) return undefined;
    const word = words.find((candidate) => candidate.toLowerCase() === text);
    if (word === undefined) throw new Refusal(505, name.toUpperCase());
    return word;
  }

  /** `name0`, `name1`, … by number. */
  indexed(name: string): ReadonlyMap<number, string> {
    const found: [number, string][] = [];
    for (const [key, text] of this.#given) {
      const number = key.startsWith(name) ? key.slice(name.length) : '';
      if (/^\d+$/.test(number)) found.push([Number(number), text]);
    }
    return new Map(found.sort(([a], [b]) => a - b));
  }

  list(name: string): string[] {
    return [...this.indexed(name).values()];
  }
}
