/** Two small pieces of XML: a start tag and a reference. */

export interface StartTag {
  readonly name: string;
  readonly empty: boolean;
  /** Behind the closing bracket. */
  readonly end: number;
}

const NAME = /[A-Za-z_][\w.-]*/y;
const SPACE = /[ \t\r\n]*/y;
const ATTRIBUTE = /([A-Za-z_:][\w.:-]*)[ \t\r\n]*=[ \t\r\n]*(?:"([^"<]*)"|'([^'<]*)')/y;
const ATTRIBUTES_MAX = 16;

/** The tag, or what is wrong with it. Names are plain ASCII: no document of the vendor has others, or prefixes. */
export function readTag(source: string, at: number): StartTag | string {
  NAME.lastIndex = at + 1;
  const name = NAME.exec(source)?.[0];
  if (name === undefined) return 'a tag without a name';
  const seen = new Set<string>();
  let position = at + 1 + name.length;
  for (;;) {
    const spaced = skipSpace(source, position);
    if (source.startsWith('/>', spaced)) return { name, empty: true, end: spaced + 2 };
    if (source[spaced] === '>') return { name, empty: false, end: spaced + 1 };
    if (spaced === position) return `the tag <${name}> is not well-formed`;
    ATTRIBUTE.lastIndex = spaced;
    const match = ATTRIBUTE.exec(source);
    const [whole, attribute = ''] = match ?? [];
    if (whole === undefined) return `the tag <${name}> is not well-formed`;
    const value = match?.[2] ?? match?.[3] ?? '';
    const wrong = [...value.matchAll(/&([^;&]*;?)/g)].some(
      ([, text = '']) => readReference(text) === undefined,
    );
    if (wrong || seen.has(attribute) || seen.size >= ATTRIBUTES_MAX) {
      return `the attributes of <${name}> are not well-formed`;
    }
    seen.add(attribute);
    position = spaced + whole.length;
  }
}

function skipSpace(source: string, at: number): number {
  SPACE.lastIndex = at;
  return at + (SPACE.exec(source)?.[0].length ?? 0);
}

const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ['lt;', '<'],
  ['gt;', '>'],
  ['amp;', '&'],
  ['quot;', '"'],
  ['apos;', "'"],
]);

/** What stands between `&` and the end of the reference, semicolon included; undefined when it is not allowed. */
export function readReference(reference: string): string | undefined {
  const predefined = PREDEFINED.get(reference);
  if (predefined !== undefined) return predefined;
  const [, decimal, hexadecimal] = /^#(?:(\d{1,7})|x([0-9A-Fa-f]{1,6}));$/.exec(reference) ?? [];
  if (decimal === undefined && hexadecimal === undefined) return undefined;
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
  return isCharacter(code) ? String.fromCodePoint(code) : undefined;
}

/** XML 1.0 §2.2. */
const isCharacter = (code: number): boolean =>
  code === 9 ||
  code === 10 ||
  code === 13 ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  (code >= 0x1_0000 && code <= 0x10_ffff);
