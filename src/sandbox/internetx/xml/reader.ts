/**
 * Reads one XML document (XML 1.0, UTF-8) into elements and their text. Strict: what is not well-formed is refused with
 * line and column, and so are document types, entities beyond the five predefined ones, processing instructions, and
 * whatever is too deep or too much. Attributes are checked and forgotten: this vendor uses none.
 */
import { readReference, readTag } from './reader-parts.ts';

export interface XmlDocumentElement {
  readonly name: string;
  readonly children: readonly XmlDocumentElement[];
  /** All text directly inside, CDATA and references resolved, without the white space around it. */
  readonly text: string;
}

/** The message is a sentence for people. */
export class XmlReadError extends Error {
  override readonly name = 'XmlReadError';
}

const DEPTH_MAX = 32;
const ELEMENTS_MAX = 10_000;

interface OpenElement {
  readonly name: string;
  readonly children: XmlDocumentElement[];
  text: string;
}

export function readXml(body: Buffer): XmlDocumentElement {
  let source: string;
  try {
    source = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw new XmlReadError('The document is not UTF-8.');
  }
  if (source.startsWith('\uFEFF'))
    throw new XmlReadError('The document must not begin with a byte order mark.');
  return new Reader(source).document();
}

class Reader {
  readonly #source: string;
  readonly #open: OpenElement[] = [];
  #at = 0;
  #elements = 0;
  #root: XmlDocumentElement | undefined;

  constructor(source: string) {
    this.#source = source;
  }

  document(): XmlDocumentElement {
    this.#prologue();
    while (this.#at < this.#source.length) {
      if (this.#source[this.#at] === '<') this.#markup();
      else this.#text();
    }
    const unclosed = this.#open.at(-1);
    if (unclosed !== undefined) throw this.#error(`<${unclosed.name}> is not closed`);
    if (this.#root === undefined) throw this.#error('there is no element');
    return this.#root;
  }

  #error(what: string): XmlReadError {
    const before = this.#source.slice(0, this.#at).split('\n');
    return new XmlReadError(`Line ${before.length}, column ${(before.at(-1) ?? '').length + 1}: ${what}.`);
  }

  #prologue(): void {
    if (!/^<\?xml\s/.test(this.#source)) return;
    const match =
      /^<\?xml\s+version\s*=\s*(?:"1\.0"|'1\.0')(?:\s+encoding\s*=\s*(?:"([\w.-]+)"|'([\w.-]+)'))?(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>/.exec(
        this.#source,
      );
    if (match === null) throw this.#error('the XML declaration is wrong');
    const encoding = match[1] ?? match[2] ?? 'UTF-8';
    if (encoding.toUpperCase() !== 'UTF-8') throw this.#error(`the encoding ${encoding} is not UTF-8`);
    this.#at = match[0].length;
  }

  #markup(): void {
    const { source, at } = { source: this.#source, at: this.#at };
    if (source.startsWith('<!--', at)) this.#comment();
    else if (source.startsWith('<![CDATA[', at)) this.#cdata();
    else if (source.startsWith('</', at)) this.#end();
    else if (source.startsWith('<!', at)) throw this.#error('document types are not allowed');
    else if (source.startsWith('<?', at)) throw this.#error('processing instructions are not allowed');
    else this.#start();
  }

  #comment(): void {
    const end = this.#source.indexOf('--', this.#at + 4);
    if (end < 0 || this.#source[end + 2] !== '>') throw this.#error('a comment is not well-formed');
    this.#checkCharacters(this.#at, end);
    this.#at = end + 3;
  }

  #cdata(): void {
    const element = this.#open.at(-1);
    if (element === undefined) throw this.#error('text outside the document element');
    const end = this.#source.indexOf(']]>', this.#at);
    if (end < 0) throw this.#error('CDATA is not closed');
    this.#checkCharacters(this.#at, end);
    element.text += this.#source.slice(this.#at + '<![CDATA['.length, end);
    this.#at = end + 3;
  }

  #text(): void {
    const next = this.#source.indexOf('<', this.#at);
    const end = next < 0 ? this.#source.length : next;
    const raw = this.#source.slice(this.#at, end);
    const element = this.#open.at(-1);
    if (element === undefined) {
      if (/[^ \t\r\n]/.test(raw)) throw this.#error('text outside the document element');
    } else {
      if (raw.includes(']]>')) throw this.#error('"]]>" in text');
      this.#checkCharacters(this.#at, end);
      element.text += this.#resolved(raw);
    }
    this.#at = end;
  }

  #resolved(raw: string): string {
    return raw.replace(/&([^;&]*;?)/g, (_all, reference: string) => {
      const character = readReference(reference);
      if (character === undefined)
        throw this.#error(`"&${reference.slice(0, 20)}" is no reference that is allowed`);
      return character;
    });
  }

  /** XML 1.0 §2.2: no control characters but tab and line ends. */
  #checkCharacters(from: number, to: number): void {
    // oxlint-disable-next-line no-control-regex -- these are what is looked for
    if (/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/.test(this.#source.slice(from, to))) {
      throw this.#error('a character that XML does not allow');
    }
  }

  #start(): void {
    const tag = readTag(this.#source, this.#at);
    if (typeof tag === 'string') throw this.#error(tag);
    if (this.#open.length === 0 && this.#root !== undefined) throw this.#error('a second document element');
    if (this.#open.length >= DEPTH_MAX) throw this.#error(`elements are nested deeper than ${DEPTH_MAX}`);
    this.#elements += 1;
    if (this.#elements > ELEMENTS_MAX) throw this.#error(`more than ${ELEMENTS_MAX} elements`);
    this.#open.push({ name: tag.name, children: [], text: '' });
    this.#at = tag.end;
    if (tag.empty) this.#close();
  }

  #end(): void {
    const close = this.#source.indexOf('>', this.#at);
    const name = close < 0 ? '' : this.#source.slice(this.#at + 2, close).replace(/[ \t\r\n]+$/, '');
    const open = this.#open.at(-1)?.name;
    if (open === undefined || open !== name) {
      throw this.#error(
        `</${name.slice(0, 40)}> where ${open === undefined ? 'nothing is open' : `</${open}> is due`}`,
      );
    }
    this.#at = close + 1;
    this.#close();
  }

  #close(): void {
    const done = this.#open.pop();
    if (done === undefined) return;
    const element = { ...done, text: done.text.trim() };
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = element;
    else parent.children.push(element);
  }
}
