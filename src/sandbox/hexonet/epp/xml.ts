/**
 * A small strict reader of XML 1.0 with namespaces, as much of it as EPP needs. What EPP never needs is refused: document type
 * declarations, processing instructions, entities of one's own. Depth and number of nodes are bounded.
 */

export interface XmlElement {
  /** Namespace name; "" for none. */
  readonly namespace: string;
  readonly name: string;
  /** Attributes without namespace, by name. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Character data directly inside, put together. */
  readonly text: string;
}

class XmlError extends Error {
  override readonly name = 'XmlError';
}

const DEPTH_MAX = 32;
const NODES_MAX = 20_000;
const ATTRIBUTES_MAX = 32;

const NAME = /[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z_][A-Za-z0-9_.-]*)?/y;
const SPACE = /[ \t\r\n]*/y;
/** XML 1.0 §2.2. */
// oxlint-disable-next-line no-control-regex -- the control characters are what it is about
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;
const DECLARATION = /^<\?xml[ \t\r\n]+version=(?:"1\.0"|'1\.0')[^?<>]*\?>/;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** The document's element. Throws `XmlError`. */
export function parseXml(text: string): XmlElement {
  const clean = text.replace(/^\uFEFF/, '');
  if (FORBIDDEN.test(clean)) throw new XmlError('a character XML does not allow');
  return new Reader(clean.replace(DECLARATION, '')).document();
}

type Scope = ReadonlyMap<string, string>;

class Reader {
  readonly #text: string;
  #at = 0;
  #nodes = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): XmlElement {
    this.#skipMisc();
    const root = this.#element(new Map([['xml', 'http://www.w3.org/XML/1998/namespace']]), 1);
    this.#skipMisc();
    if (this.#at !== this.#text.length) throw new XmlError('something behind the document element');
    return root;
  }

  #skipMisc(): void {
    for (;;) {
      this.#match(SPACE);
      if (!this.#text.startsWith('<!--', this.#at)) return;
      this.#comment();
    }
  }

  #comment(): void {
    const end = this.#text.indexOf('--', this.#at + 4);
    if (end < 0 || this.#text[end + 2] !== '>') throw new XmlError('a comment that does not end');
    this.#at = end + 3;
  }

  #element(outer: Scope, depth: number): XmlElement {
    if (depth > DEPTH_MAX) throw new XmlError(`more than ${DEPTH_MAX} elements inside one another`);
    this.#nodes += 1;
    if (this.#nodes > NODES_MAX) throw new XmlError(`more than ${NODES_MAX} elements`);
    this.#expect('<');
    const name = this.#name();
    const raw = this.#attributes();
    const scope = scopeWith(outer, raw);
    const attributes = new Map([...raw].filter(([key]) => !key.includes(':') && key !== 'xmlns'));
    const [namespace, local] = qualified(name, scope);
    // Prefixes of attributes have to be known too.
    for (const key of raw.keys()) if (!/^xmlns(:|$)/.test(key)) qualified(key, scope);
    const head = { namespace, name: local, attributes };
    if (this.#take('/>')) return { ...head, children: [], text: '' };
    this.#expect('>');
    const children: XmlElement[] = [];
    let text = '';
    for (;;) {
      const next = this.#text.indexOf('<', this.#at);
      if (next < 0) throw new XmlError(`<${name}> does not end`);
      text += decode(this.#text.slice(this.#at, next), 'text');
      this.#at = next;
      if (this.#take('</')) break;
      if (this.#text.startsWith('<!--', next)) this.#comment();
      else if (this.#text.startsWith('<![CDATA[', next)) text += this.#cdata();
      else children.push(this.#element(scope, depth + 1));
    }
    if (this.#name() !== name) throw new XmlError(`<${name}> ends with another name`);
    this.#match(SPACE);
    this.#expect('>');
    return { ...head, children, text };
  }

  #cdata(): string {
    const start = this.#at + '<![CDATA['.length;
    const end = this.#text.indexOf(']]>', start);
    if (end < 0) throw new XmlError('a CDATA section that does not end');
    this.#at = end + 3;
    return this.#text.slice(start, end);
  }

  #attributes(): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (;;) {
      const space = this.#match(SPACE);
      const next = this.#text[this.#at];
      if (next === '>' || next === '/') return found;
      if (space === '') throw new XmlError('no blank before an attribute');
      const name = this.#name();
      this.#match(SPACE);
      this.#expect('=');
      this.#match(SPACE);
      const quote = this.#text[this.#at];
      if (quote !== '"' && quote !== "'") throw new XmlError(`the attribute ${name} has no quotes`);
      const end = this.#text.indexOf(quote, this.#at + 1);
      if (end < 0) throw new XmlError(`the attribute ${name} does not end`);
      const value = this.#text.slice(this.#at + 1, end);
      this.#at = end + 1;
      if (found.has(name)) throw new XmlError(`the attribute ${name} twice`);
      if (found.size === ATTRIBUTES_MAX) throw new XmlError(`more than ${ATTRIBUTES_MAX} attributes`);
      found.set(name, decode(value, 'attribute'));
    }
  }

  #name(): string {
    const name = this.#match(NAME);
    if (name === '') throw new XmlError(`no name at character ${this.#at}`);
    return name;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw new XmlError(`no "${text}" at character ${this.#at}`);
  }
}

function scopeWith(outer: Scope, attributes: ReadonlyMap<string, string>): Scope {
  const declared = [...attributes].flatMap(([key, value]): [string, string][] =>
    key === 'xmlns' ? [['', value]] : key.startsWith('xmlns:') ? [[key.slice(6), value]] : [],
  );
  return declared.length === 0 ? outer : new Map([...outer, ...declared]);
}

function qualified(name: string, scope: Scope): [namespace: string, local: string] {
  const colon = name.indexOf(':');
  if (colon < 0) return [scope.get('') ?? '', name];
  const namespace = scope.get(name.slice(0, colon));
  if (namespace === undefined) throw new XmlError(`the prefix of ${name} is declared nowhere`);
  return [namespace, name.slice(colon + 1)];
}

/** References out; in an attribute every line end and tab is a blank (XML 1.0 §3.3.3). */
function decode(raw: string, where: 'text' | 'attribute'): string {
  if (where === 'attribute' && raw.includes('<')) throw new XmlError('"<" in an attribute');
  if (where === 'text' && raw.includes(']]>')) throw new XmlError('"]]>" in a text');
  const plain = where === 'attribute' ? raw.replace(/\r\n|[\t\r\n]/g, ' ') : raw.replace(/\r\n?/g, '\n');
  return plain.replace(/&([^;&]{0,10})(;?)/g, (whole, reference: string, end: string) => {
    const text = end === ';' ? referenced(reference) : undefined;
    if (text === undefined) throw new XmlError(`the reference "${whole}"`);
    return text;
  });
}

function referenced(reference: string): string | undefined {
  const number = /^#(?:x([0-9A-Fa-f]{1,6})|(\d{1,7}))$/.exec(reference);
  if (number === null) return ENTITIES.get(reference);
  const point = number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16);
  if (point > 0x10_ffff || (point >= 0xd800 && point <= 0xdfff)) return undefined;
  const text = String.fromCodePoint(point);
  return FORBIDDEN.test(text) ? undefined : text;
}

export function escapeXml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
    .replace(/[\r\n\t]/g, (character) => `&#${character.codePointAt(0)};`);
}
