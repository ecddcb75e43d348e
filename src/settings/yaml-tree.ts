/**
 * YAML text to plain data, strictly: one document, YAML 1.2 core schema, text keys without repetition, no tags, no merge
 * keys, bounded nesting and bounded growth through aliases. Problems come with offsets; the tree stays available, so
 * that later complaints about the data find their place.
 *
 * The library's own conversion and its own search for repeated keys are not used: the first copies, the second takes
 * quadratic time.
 */
import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, Parser } from 'yaml';
import type { Document, Pair, Range } from 'yaml';
import type { Path } from './diagnostics.ts';
import { yamlSentence } from './yaml-sentences.ts';

const maxDepth = 64;
/** Values in the data after aliases are replaced by what they stand for. */
const maxValues = 2_000_000;
const maxProblems = 50;
/** Lexical parts of one document; each costs about 1 KiB while it is composed. Ten thousand certificates have a million. */
const maxParts = 1_500_000;

export interface TreeProblem {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly hint?: string;
  /** Whether the text between start and end may be shown. */
  readonly isPlain: boolean;
  readonly path: Path;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface YamlTree {
  /** Undefined for an empty document. */
  readonly data: unknown;
  readonly problems: readonly TreeProblem[];
  /** The text is not YAML: `data` is what could be guessed. */
  readonly isBroken: boolean;
  /** An alias names no earlier anchor: a part of a file may lack what the whole has. */
  readonly hasForeignAlias: boolean;
  /** Where a value, or the key before it, stands; undefined when the path leads nowhere. */
  locate(path: Path, part: 'key' | 'value'): Span | undefined;
}

function compose(text: string, problems: TreeProblem[]): Document | undefined {
  const parser = new Parser();
  const composer = new Composer({
    uniqueKeys: false,
    prettyErrors: false,
    keepSourceTokens: false,
    resolveKnownTags: false,
    logLevel: 'silent',
  });
  const complain = (start: number, message: string, hint?: string, end = start + 1): void => {
    if (problems.length >= maxProblems) return;
    problems.push({ start, end, message, isPlain: false, path: [], ...(hint === undefined ? {} : { hint }) });
  };
  const documents: Document[] = [];
  const lexer = new Lexer();
  const take = (found: Iterable<Document>): void => {
    for (const document of found) {
      documents.push(document);
      if (documents.length === 2) {
        const sentence = yamlSentence('MULTIPLE_DOCS');
        complain(document.range?.[0] ?? 0, sentence.message, sentence.hint);
      }
      for (const error of [...document.errors, ...document.warnings]) {
        const sentence = yamlSentence(error.code, error.message);
        complain(error.pos[0], sentence.message, sentence.hint, error.pos[1]);
      }
      if (document.directives?.yaml.explicit === true && document.directives.yaml.version !== '1.2') {
        complain(0, 'only YAML 1.2 is read', 'leave the %YAML line out');
      }
    }
  };
  const stackTraceLimit = Error.stackTraceLimit;
  // A broken file can have a million mistakes; a stack trace for each takes minutes.
  Error.stackTraceLimit = 0;
  let errorTokens = 0;
  let parts = 0;
  try {
    for (const lexeme of lexer.lex(text)) {
      for (const token of parser.next(lexeme)) {
        if (token.type === 'error') {
          errorTokens += 1;
          if (errorTokens > maxProblems) continue;
        }
        take(composer.next(token));
      }
      // The stack holds the document and one token per open collection; composing recurses that deep.
      if (parser.stack.length > maxDepth + 2) {
        complain(Math.max(0, parser.offset - 1), `the nesting is deeper than ${maxDepth} levels`);
        return undefined;
      }
      if (errorTokens > maxProblems) break;
      parts += 1;
      if (parts > maxParts) {
        complain(
          parser.offset,
          'the file is too large to be read in one piece',
          'spread it over several files',
        );
        return undefined;
      }
    }
    for (const token of parser.end()) take(composer.next(token));
    take(composer.end());
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    complain(Math.min(parser.offset, Math.max(0, text.length - 1)), 'this cannot be read as YAML');
    return undefined;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  return documents[0];
}

function spanOf(range: Range | null | undefined): Span | undefined {
  return range === null || range === undefined
    ? undefined
    : { start: range[0], end: Math.max(range[0], range[1]) };
}

class Converter {
  readonly problems: TreeProblem[];
  hasForeignAlias = false;
  readonly anchors = new Map<string, { node: unknown; data: unknown; weight: number } | 'open'>();
  #values = 0;
  readonly #text: string;

  constructor(text: string, problems: TreeProblem[]) {
    this.#text = text;
    this.problems = problems;
  }

  #complain(span: Span | undefined, message: string, path: Path, isPlain: boolean, hint?: string): void {
    if (this.problems.length >= maxProblems) return;
    this.problems.push({
      start: span?.start ?? 0,
      end: span?.end ?? 0,
      message,
      isPlain,
      path: [...path],
      ...(hint === undefined ? {} : { hint }),
    });
  }

  convert(node: unknown, path: (string | number)[]): unknown {
    this.#values += 1;
    if (node === null || node === undefined) return null;
    if (isAlias(node)) return this.#alias(node.source, spanOf(node.range), path);
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.anchors.set(anchor, 'open');
    const before = this.#values;
    const data = this.#plain(node, path);
    if (anchor !== undefined) this.anchors.set(anchor, { node, data, weight: this.#values - before });
    return data;
  }

  #alias(name: string, span: Span | undefined, path: Path): unknown {
    const target = this.anchors.get(name);
    if (target === undefined) {
      this.hasForeignAlias = true;
      this.#complain(
        span,
        'no anchor of this name stands before this alias',
        path,
        false,
        'text that begins with "*" needs quotes',
      );
      return null;
    }
    if (target === 'open') {
      this.#complain(span, 'this alias stands inside what it names', path, false);
      return null;
    }
    this.#values += target.weight;
    if (this.#values > maxValues) {
      this.#complain(span, `aliases blow the file up to more than ${maxValues} values`, path, false);
      return null;
    }
    return target.data;
  }

  #plain(node: unknown, path: (string | number)[]): unknown {
    if (isScalar(node)) {
      const { value } = node;
      if (
        value === null ||
        typeof value === 'string' ||
        typeof value === 'number' ||
        typeof value === 'boolean'
      )
        return value;
      this.#complain(spanOf(node.range), 'this kind of value is not used here', path, false);
      return null;
    }
    if (isSeq(node)) {
      return node.items.map((item, index) => {
        path.push(index);
        const data = this.convert(item, path);
        path.pop();
        return data;
      });
    }
    if (isMap(node)) return this.#mapping(node.items, path);
    return null;
  }

  #mapping(pairs: readonly Pair[], path: (string | number)[]): Record<string, unknown> {
    const data: Record<string, unknown> = {};
    const spans = new Map<string, Span | undefined>();
    for (const { key, value } of pairs) {
      const span = isScalar(key)
        ? spanOf(key.range)
        : isMap(key) || isSeq(key)
          ? spanOf(key.range)
          : undefined;
      if (!isScalar(key) || typeof key.value !== 'string') {
        this.#complain(
          span,
          'a key is not text',
          path,
          isScalar(key),
          isScalar(key) ? 'write it in quotes' : 'text with braces or brackets needs quotes',
        );
        continue;
      }
      const name = key.value;
      if (key.anchor !== undefined) this.#complain(span, 'a key cannot have an anchor', path, false);
      if (name === '<<') {
        this.#complain(
          span,
          'merge keys (<<) are not read; they are no part of YAML 1.2',
          path,
          true,
          'put what is common under "defaults", or use an alias for a whole value',
        );
        continue;
      }
      if (name === '__proto__') {
        this.#complain(span, 'unknown key', path, true);
        continue;
      }
      if (spans.has(name)) this.#repeated(span, spans.get(name), [...path, name]);
      spans.set(name, span);
      path.push(name);
      data[name] = this.convert(value, path);
      path.pop();
    }
    return data;
  }

  #repeated(span: Span | undefined, first: Span | undefined, path: Path): void {
    if (this.problems.length >= maxProblems) return;
    const from = first?.start ?? 0;
    const lines = this.#text.slice(from, span?.start ?? from).split('\n').length - 1;
    const place = lines === 0 ? 'on the same line' : `${lines} line${lines === 1 ? '' : 's'} above`;
    this.#complain(span, 'this key stands here twice', path, true, `the first one is ${place}; keep one`);
  }
}

function find(
  node: unknown,
  path: Path,
  part: 'key' | 'value',
  anchors: Converter['anchors'],
): Span | undefined {
  let current = node;
  let key: unknown;
  const follow = (): void => {
    if (!isAlias(current)) return;
    const target = anchors.get(current.source);
    current = target === undefined || target === 'open' ? undefined : target.node;
  };
  for (const step of path) {
    follow();
    if (isMap(current)) {
      // The last of repeated keys is the one whose value was kept.
      const pair = current.items.findLast((one) => isScalar(one.key) && one.key.value === String(step));
      if (pair === undefined) return undefined;
      key = pair.key;
      current = pair.value;
    } else if (isSeq(current)) {
      if (typeof step !== 'number' || step >= current.items.length) return undefined;
      key = undefined;
      current = current.items[step];
    } else return undefined;
  }
  const keySpan = isScalar(key) ? spanOf(key.range) : undefined;
  if (part === 'key' && keySpan !== undefined) return keySpan;
  if (isAlias(current) || isScalar(current) || isMap(current) || isSeq(current)) {
    const span = spanOf(current.range);
    // An empty value has no place of its own.
    if (span !== undefined && span.end > span.start) return span;
  }
  return keySpan;
}

export function parseTree(text: string): YamlTree {
  const problems: TreeProblem[] = [];
  const document = compose(text, problems);
  const isBroken = problems.length > 0;
  const converter = new Converter(text, problems);
  const contents = document?.contents ?? undefined;
  const data = contents === undefined ? undefined : converter.convert(contents, []);
  return {
    data,
    problems,
    isBroken,
    hasForeignAlias: converter.hasForeignAlias,
    locate: (path, part) => find(contents, path, part, converter.anchors),
  };
}
