/**
 * HTML from templates in which everything is escaped unless it came from a template itself. Values stand in text or in
 * quoted attributes, nowhere else: not in tag or attribute names, URLs that they begin, styles or scripts.
 */

/** Text that is HTML already. Only `html` makes it. */
export class Html {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  toString(): string {
    return this.#text;
  }
}

/** Null, undefined and false are nothing; lists are their members one after another. */
export type Content = Html | string | number | null | undefined | false | readonly Content[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** What needs a look at all; nearly no text does. */
const special = /[&<>"'\p{Cc}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069\uD800-\uDFFF\uFEFF]/u;
/** Characters that are invisible, or turn the text around them: a provider's sentence must read as it is written. */
const treacherous = /[^\P{Cc}\n\t]|[\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]/gu;

export function escapeText(text: string): string {
  if (!special.test(text)) return text;
  return text
    .toWellFormed()
    .replaceAll(treacherous, '\uFFFD')
    .replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}

function render(content: Content): string {
  if (content === null || content === undefined || content === false) return '';
  if (content instanceof Html) return content.toString();
  if (typeof content === 'number') return String(content);
  if (typeof content === 'string') return escapeText(content);
  let text = '';
  for (const one of content) text += render(one);
  return text;
}

/** Line ends and indentation of the source, which a list of many rows would repeat for each, become one line end. */
const compacted = new WeakMap<TemplateStringsArray, readonly string[]>();

function compact(strings: TemplateStringsArray): readonly string[] {
  const known = compacted.get(strings);
  if (known !== undefined) return known;
  const parts = strings.map((part) => part.replaceAll(/\s*\n\s*/g, '\n'));
  compacted.set(strings, parts);
  return parts;
}

export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  const parts = compact(strings);
  let text = parts[0] ?? '';
  for (const [index, value] of values.entries()) text += render(value) + (parts[index + 1] ?? '');
  return new Html(text);
}
