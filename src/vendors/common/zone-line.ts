/**
 * A provider's DNS instruction, in any of the forms that resellers print: a zone-file line (RFC 1035 §5.1) with or
 * without owner, TTL, class, quotes and final dots, separated by any white space, or a bare token. Pure; what the
 * record may be used for is checked by the caller.
 */

export interface ZoneLine {
  /** Lower case, no final dot. Undefined: at the name that is validated (`@`, or no owner given). */
  readonly owner: string | undefined;
  readonly type: 'TXT' | 'CNAME';
  /** TXT: the text, segments joined, quotes and line breaks removed. CNAME: the absolute target, lower case, no final dot. */
  readonly value: string;
}

interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

/** Longer instructions are nobody's; also bounds the work on hostile input. Four 255-byte segments fit several times. */
const lengthMax = 4096;

/** Undefined when the line is not understood: no type but several words, another type, a target that is no name. */
export function parseZoneLine(line: string): ZoneLine | undefined {
  if (line.length > lengthMax) return undefined;
  const tokens = tokenise(line);
  if (tokens === undefined) return undefined;
  const [only] = tokens;
  if (only === undefined) return undefined;
  if (tokens.every((token) => token.quoted) || tokens.length === 1) return record(undefined, 'TXT', tokens);

  const typeAt = tokens.findIndex((token, index) => index <= 3 && typeOf(token) !== undefined);
  const type = typeOf(tokens[typeAt]);
  if (type === undefined) return undefined;
  const before = tokens.slice(0, typeAt);
  // TTL and class may stand in either order (RFC 1035 §5.1) and may both be missing.
  while (before.length > 0 && isTtlOrClass(before.at(-1))) before.pop();
  if (before.length > 1) return undefined;
  const owner = before[0]?.text.toLowerCase().replace(/\.$/, '');
  return record(owner === '@' || owner === '' ? undefined : owner, type, tokens.slice(typeAt + 1));
}

function typeOf(token: Token | undefined): ZoneLine['type'] | undefined {
  if (token === undefined || token.quoted) return undefined;
  const word = token.text.toUpperCase();
  return word === 'TXT' || word === 'CNAME' ? word : undefined;
}

function isTtlOrClass(token: Token | undefined): boolean {
  return token !== undefined && !token.quoted && /^(\d+|in)$/i.test(token.text);
}

function record(
  owner: string | undefined,
  type: ZoneLine['type'],
  data: readonly Token[],
): ZoneLine | undefined {
  if (type === 'TXT') {
    // Hard line wraps inside a token come from typesetting; a token never holds one.
    const value = data
      .map((token) => token.text.replace(/\s*[\r\n]+\s*/g, ''))
      .join('')
      .trim();
    return value === '' ? undefined : { owner, type, value };
  }
  const target = data.length === 1 ? data[0]?.text.trim().toLowerCase().replace(/\.$/, '') : undefined;
  // A target with a dot is absolute even without the final one; a single label could only be relative to a zone
  // that the line does not name.
  if (target === undefined || !/^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/.test(target)) return undefined;
  return { owner, type, value: target };
}

/** Splits at white space outside quotes; undefined when a quote is not closed. */
function tokenise(line: string): Token[] | undefined {
  const tokens: Token[] = [];
  const pattern = /\s*(?:"((?:[^"\\]|\\[\s\S])*)"|([^\s"]+))/gy;
  const text = line.trimEnd();
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (match === null) return undefined;
    const quoted = match[1] !== undefined;
    tokens.push({ text: quoted ? unescape(match[1] ?? '') : (match[2] ?? ''), quoted });
  }
  return tokens;
}

/** RFC 1035 §5.1: `\DDD` is a byte by decimal number, `\X` is X itself. */
function unescape(text: string): string {
  return text.replace(/\\(\d{3}|[\s\S])/g, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number(code)) : code,
  );
}
