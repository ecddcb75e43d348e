/** Walking through a request: single values, repeated ones, and nothing that nobody asked for. */
import { wrongValue } from '../envelope.ts';
import type { ApiError } from '../envelope.ts';
import type { XmlDocumentElement } from './reader.ts';

export interface ReadingRules {
  /** Task code for refusals. */
  readonly task: string;
  readonly unknownElements: 'refuse' | 'ignore';
}

export class TaskObject {
  readonly #element: XmlDocumentElement;
  /** What refusals call it: `certificate.authentication`. */
  readonly #path: string;
  readonly #rules: ReadingRules;
  readonly #read = new Set<string>();

  constructor(element: XmlDocumentElement, path: string, rules: ReadingRules) {
    this.#element = element;
    this.#path = path;
    this.#rules = rules;
  }

  wrong(name: string, value: string): ApiError {
    return wrongValue(this.#rules.task, this.#path === '' ? name : `${this.#path}.${name}`, value);
  }

  #named(name: string): readonly XmlDocumentElement[] {
    this.#read.add(name);
    return this.#element.children.filter((child) => child.name === name);
  }

  #value(name: string, child: XmlDocumentElement): string | undefined {
    if (child.children.length > 0) throw this.wrong(name, 'text was expected');
    return child.text === '' ? undefined : child.text;
  }

  /** For somebody else to look into. */
  elements(name: string): readonly XmlDocumentElement[] {
    return this.#named(name);
  }

  /** An empty element says as little as none. */
  text(name: string): string | undefined {
    const [only, second] = this.#named(name);
    if (second !== undefined) throw this.wrong(name, 'more than one');
    return only === undefined ? undefined : this.#value(name, only);
  }

  texts(name: string): string[] {
    return this.#named(name)
      .map((child) => this.#value(name, child))
      .filter((value) => value !== undefined);
  }

  id(): number {
    const text = this.text('id') ?? '';
    if (!/^\d{1,15}$/.test(text)) throw this.wrong('id', text === '' ? 'missing' : text);
    return Number(text);
  }

  /** 0, 1, false or true. */
  flag(name: string): boolean | undefined {
    const text = this.text(name)?.toLowerCase();
    if (text === undefined) return undefined;
    if (!['0', '1', 'false', 'true'].includes(text)) throw this.wrong(name, text);
    return text === '1' || text === 'true';
  }

  /** A whole number of at most nine digits. */
  count(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!/^\d{1,9}$/.test(text)) throw this.wrong(name, text);
    return Number(text);
  }

  part(name: string): TaskObject | undefined {
    const [only, second] = this.#parts(name);
    if (second !== undefined) throw this.wrong(name, 'more than one');
    return only;
  }

  /** `read` must look at everything it wants. */
  parts<T>(name: string, read: (part: TaskObject) => T): T[] {
    return this.#parts(name).map((part) => {
      const value = read(part);
      part.end();
      return value;
    });
  }

  #parts(name: string): TaskObject[] {
    const path = this.#path === '' ? name : `${this.#path}.${name}`;
    return this.#named(name).map((child) => new TaskObject(child, path, this.#rules));
  }

  needed(name: string): TaskObject {
    const part = this.part(name);
    if (part === undefined) throw this.wrong(name, 'missing');
    return part;
  }

  /** Everything was looked at that anybody will look at. */
  end(): void {
    if (this.#rules.unknownElements === 'ignore') return;
    const unknown = this.#element.children.find(({ name }) => !this.#read.has(name));
    if (unknown !== undefined) throw this.wrong(unknown.name, 'unknown element');
  }
}
