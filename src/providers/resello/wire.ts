/**
 * Bytes of the API to plain data. No document shows an answer, so the covers that this vendor and its like put around
 * one are taken off here, and field contents are checked in schema.ts.
 */

/** Deeper or larger answers are nobody's. */
const depthMax = 24;
const nodesMax = 100_000;

export type JsonObject = Readonly<Record<string, unknown>>;

/** One JSON value without `__proto__` keys; undefined when the text is none, or nested too deeply, or too much. */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text, (key, inner: unknown) =>
      key === '__proto__' ? undefined : inner,
    );
    return fits(value) ? value : undefined;
  } catch {
    // SyntaxError, or RangeError from nesting: both mean that this is not an answer of the API.
    return undefined;
  }
}

function fits(root: unknown): boolean {
  let nodes = 0;
  const visit = (value: unknown, depth: number): boolean => {
    nodes += 1;
    if (nodes > nodesMax || depth > depthMax) return false;
    if (typeof value !== 'object' || value === null) return true;
    return Object.values(value).every((inner) => visit(inner, depth + 1));
  };
  return visit(root, 0);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object inside `result` or `data`, else the object itself; undefined when there is none. */
export function unwrapObject(answer: unknown): JsonObject | undefined {
  if (!isObject(answer)) return undefined;
  for (const cover of ['result', 'data']) {
    const inner = answer[cover];
    if (isObject(inner)) return inner;
  }
  return answer;
}

/** The list inside `result`, `data`, `results` or `items`, or the answer itself; undefined when there is none. */
export function unwrapList(answer: unknown): readonly unknown[] | undefined {
  if (Array.isArray(answer)) return answer;
  if (!isObject(answer)) return undefined;
  for (const cover of ['result', 'data', 'results', 'items']) {
    const inner = answer[cover];
    if (Array.isArray(inner)) return inner;
    if (isObject(inner)) {
      const deeper = inner['results'] ?? inner['items'];
      if (Array.isArray(deeper)) return deeper;
    }
  }
  return undefined;
}

/** Where the next page is: `next` or `links.next` of the answer, else the Link header (RFC 8288, rel="next"). */
export function nextPage(answer: unknown, linkHeader: string | undefined): string | undefined {
  if (isObject(answer)) {
    const links = answer['links'];
    for (const candidate of [answer['next'], isObject(links) ? links['next'] : undefined]) {
      if (typeof candidate === 'string' && candidate !== '') return candidate;
    }
  }
  for (const link of (linkHeader ?? '').slice(0, 4096).split(',')) {
    const match = /^\s*<([^<>]+)>\s*;(.*)$/.exec(link);
    if (match !== null && /\brel\s*=\s*"?next\b/i.test(match[2] ?? '')) return match[1];
  }
  return undefined;
}

const textMax = 4000;
const membersMax = 2000;

/** Data for an operator: texts cut, lists and objects bounded. */
export function shown(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.length > textMax ? `${value.slice(0, textMax)}…` : value;
  if (Array.isArray(value)) {
    return depth > depthMax ? '…' : value.slice(0, membersMax).map((inner) => shown(inner, depth + 1));
  }
  if (!isObject(value)) return value;
  if (depth > depthMax) return '…';
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, membersMax)
      .map(([key, inner]) => [key.slice(0, 200), shown(inner, depth + 1)]),
  );
}
