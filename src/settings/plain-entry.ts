/**
 * A fast way to the data of one plainly written certificate entry; ten times as fast as the YAML library, which counts
 * with ten thousand entries. It knows only what it is certain of: block mappings and lists indented with spaces, short
 * flow lists and mappings on one line, and scalars that mean the same in every reading. At anything else — anchors,
 * tags, escapes, comments after values, numbers other than plain integers, repeated keys, odd indentation — it gives
 * up, and the caller asks the library. A property test holds the two to the same result.
 */

export interface PlainEntry {
  readonly data: unknown;
  /** Offset of the content after the entry's dash. */
  readonly offset: number;
}

/** Thrown and caught within this file. */
const notPlain = new Error('not plain');

interface Line {
  readonly indent: number;
  readonly text: string;
}

/** @param text one entry, from the line of its dash to the line before the next dash in that column. */
export function readPlainEntry(text: string): PlainEntry | undefined {
  const dash = /^( *)- (?=[^ ])/.exec(text);
  if (dash === null) return undefined;
  const offset = dash[0].length;
  const lines: Line[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trimEnd();
    const content = index === 0 ? line.slice(offset) : line.trimStart();
    if (content === '' || content.startsWith('#')) continue;
    const indent = index === 0 ? offset : line.length - content.length;
    if (index > 0 && (indent < offset || line.slice(0, indent).includes('\t'))) return undefined;
    lines.push({ indent, text: content });
  }
  try {
    const reader = new Reader(lines);
    const data = reader.block(offset, 0);
    return reader.isDone ? { data, offset } : undefined;
  } catch (error) {
    if (error === notPlain) return undefined;
    throw error;
  }
}

class Reader {
  readonly #lines: Line[];
  #at = 0;

  constructor(lines: Line[]) {
    this.#lines = lines;
  }

  get isDone(): boolean {
    return this.#at === this.#lines.length;
  }

  block(indent: number, depth: number): unknown {
    if (depth > 16) throw notPlain;
    const line = this.#lines[this.#at];
    if (line === undefined || line.indent !== indent) throw notPlain;
    if (line.text.startsWith('- ')) return this.#list(indent, depth);
    return this.#mapping(indent, depth);
  }

  #list(indent: number, depth: number): unknown[] {
    const items: unknown[] = [];
    for (;;) {
      const line = this.#lines[this.#at];
      if (line === undefined || line.indent < indent) return items;
      if (line.indent !== indent) throw notPlain;
      const dash = /^- +/.exec(line.text);
      if (dash === null) {
        // A list may stand in the column of its key: the next key ends it.
        if (keyOf(line.text) !== undefined && !line.text.startsWith('-')) return items;
        throw notPlain;
      }
      const rest = line.text.slice(dash[0].length);
      if (rest.startsWith('- ')) throw notPlain;
      if (keyOf(rest) === undefined) {
        items.push(inlineValue(rest));
        this.#at += 1;
      } else {
        const inner = indent + dash[0].length;
        this.#lines[this.#at] = { indent: inner, text: rest };
        items.push(this.block(inner, depth + 1));
      }
    }
  }

  #mapping(indent: number, depth: number): Record<string, unknown> {
    const data: Record<string, unknown> = {};
    for (;;) {
      const line = this.#lines[this.#at];
      if (line === undefined || line.indent < indent) return data;
      if (line.indent !== indent) throw notPlain;
      const key = keyOf(line.text);
      if (key === undefined || Object.hasOwn(data, key) || key === '__proto__') throw notPlain;
      const rest = line.text.slice(key.length + 1).trimStart();
      this.#at += 1;
      if (rest !== '') {
        data[key] = inlineValue(rest);
        const next = this.#lines[this.#at];
        if (next !== undefined && next.indent > indent) throw notPlain;
        continue;
      }
      const next = this.#lines[this.#at];
      if (next === undefined) throw notPlain;
      const isListHere = next.indent === indent && next.text.startsWith('- ');
      if (next.indent <= indent && !isListHere) throw notPlain;
      data[key] = this.block(next.indent, depth + 1);
    }
  }
}

/** `key` of "key:" or "key: value". */
function keyOf(text: string): string | undefined {
  const match = /^([A-Za-z][A-Za-z0-9_]*):(?= |$)/.exec(text);
  const key = match?.[1];
  return key === undefined || wordsWithMeaning.test(key) ? undefined : key;
}

/** What the core schema, or an older one, reads as something other than text. */
const wordsWithMeaning = /^(?:null|true|false|yes|no|on|off|y|n|~)$/i;
const safeText = /^[A-Za-z/][A-Za-z0-9_./@+-]*(?::[0-9]{1,5})?$/;
const safeDigits = /^[0-9]+[A-Za-z.][A-Za-z0-9_./@+-]*$/;
const numberLike = /^[0-9.]*(?:e[0-9]+)?\.?$|^0[ox]/i;
const quoted = /^"([^"\\]*)"$|^'([^']*)'$/;

function scalar(text: string): unknown {
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (/^(?:0|[1-9][0-9]{0,14})$/.test(text)) return Number(text);
  const match = quoted.exec(text);
  // oxlint-disable-next-line no-control-regex -- what YAML may fold or refuse is left to the library
  if (match !== null && !/[\u0000-\u001f\u007f-\uffff]/.test(text)) return match[1] ?? match[2] ?? '';
  if (safeText.test(text) && !wordsWithMeaning.test(text)) return text;
  if (safeDigits.test(text) && !numberLike.test(text)) return text;
  throw notPlain;
}

function inlineValue(text: string): unknown {
  if (text.startsWith('[')) {
    if (!text.endsWith(']')) throw notPlain;
    return flowParts(text.slice(1, -1)).map(scalar);
  }
  if (text.startsWith('{')) {
    if (!text.endsWith('}')) throw notPlain;
    const data: Record<string, unknown> = {};
    for (const part of flowParts(text.slice(1, -1))) {
      const key = keyOf(part);
      if (key === undefined || Object.hasOwn(data, key)) throw notPlain;
      data[key] = scalar(part.slice(key.length + 1).trim());
    }
    return data;
  }
  return scalar(text);
}

/** The parts between commas; nested collections and commas in quotes are not plain. */
function flowParts(text: string): string[] {
  if (text.trim() === '') return [];
  if (/[[\]{}]/.test(text)) throw notPlain;
  const parts = text.split(',').map((part) => part.trim());
  if (parts.some((part) => part === '' || (part.match(/["']/g)?.length ?? 0) % 2 === 1)) throw notPlain;
  return parts;
}
