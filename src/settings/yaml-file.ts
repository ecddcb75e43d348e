/**
 * One configuration file while it is being loaded: its data, entry by entry, and the way from a path in the data back to
 * line and column. Trees are let go as soon as their data is taken, and parsed again for the few entries that someone
 * complains about.
 */
import { DiagnosticList, formatPath, printable, shorten } from './diagnostics.ts';
import type { Excerpt, Path, Severity } from './diagnostics.ts';
import { splitEntries } from './entry-chunks.ts';
import type { EntryChunks } from './entry-chunks.ts';
import { readPlainEntry } from './plain-entry.ts';
import { parseTree } from './yaml-tree.ts';
import type { Span, YamlTree } from './yaml-tree.ts';

export interface Complaint {
  readonly severity?: Severity;
  readonly path: Path;
  /** Point at the key instead of the value. */
  readonly part?: 'key' | 'value';
  readonly message: string;
  readonly hint?: string | undefined;
  /** Neither the value nor the line is shown. */
  readonly isSecret?: boolean;
}

export interface EntryData {
  readonly index: number;
  readonly data: unknown;
  /** Offset of the entry's content, after its dash. */
  readonly offset: number;
}

/** Keys of the main file whose blocks may hold a secret that was written in the wrong way. */
const guardedBlocks = ['providers', 'publishers', 'notices', 'heartbeat'];

/** Key of deploy targets; what stands below it may have a password of its own. */
const furtherFiles = 'files';
/** Also where it is not written quite right. */
const passwordKey = /pas+w/i;
/** Characters of a complained value that are looked at. */
const shownMax = 200;

/** All that is shown of a guarded block: a mapping or list could have a secret in it. */
const isOneWord = /^["']?[\w./-]{1,60}["']?$/;

export class YamlFile {
  /** Absolute. */
  readonly path: string;
  /** As it is shown, relative to the main file's directory. */
  readonly name: string;
  /** The path from the top of the file to its list of certificates. */
  listPath: Path = ['certificates'];
  /** Whether something in the file is no YAML, so that its data is incomplete. */
  isBroken = false;
  readonly #text: string;
  readonly #diagnostics: DiagnosticList;
  readonly #problemSpans: Span[] = [];
  #lineStarts: number[] | undefined;
  #blocks: Block[] | undefined;
  #chunks: EntryChunks | undefined;
  #skeleton: YamlTree | undefined;
  #lastChunk: { index: number; tree: YamlTree } | undefined;

  constructor(path: string, name: string, text: string, diagnostics: DiagnosticList) {
    this.path = path;
    this.name = name;
    this.#text = text;
    this.#diagnostics = diagnostics;
  }

  /**
   * The file's data without its certificates, and the certificates one by one. Complaints about the YAML itself are made
   * on the way.
   */
  read(): { readonly top: unknown; readonly entries: Iterable<EntryData> } {
    const chunks = splitEntries(this.#text);
    if (chunks !== undefined) {
      const skeleton = parseTree(chunks.skeleton);
      const hasPlace =
        chunks.listPath.length === 0
          ? skeleton.data === undefined
          : isRecord(skeleton.data) && skeleton.data['certificates'] === null;
      if (!skeleton.isBroken && !skeleton.hasForeignAlias && hasPlace) {
        const trees = this.#entriesOf(chunks);
        if (trees !== undefined) {
          this.#chunks = chunks;
          this.#skeleton = skeleton;
          this.listPath = chunks.listPath;
          this.#report(skeleton, (offset) => this.#fromSkeleton(offset), []);
          return { top: chunks.listPath.length === 0 ? [] : skeleton.data, entries: trees };
        }
      }
    }
    return this.#readWhole();
  }

  #readWhole(): { readonly top: unknown; readonly entries: Iterable<EntryData> } {
    const tree = parseTree(this.#text);
    this.#skeleton = tree;
    this.isBroken = tree.isBroken;
    this.#report(tree, (offset) => offset, []);
    const isList = Array.isArray(tree.data);
    this.listPath = isList ? [] : ['certificates'];
    const list: unknown = isList ? tree.data : isRecord(tree.data) ? tree.data['certificates'] : undefined;
    const entries = !Array.isArray(list)
      ? []
      : list.map((data: unknown, index) => ({
          index,
          data,
          offset: tree.locate([...this.listPath, index], 'value')?.start ?? 0,
        }));
    return { top: isList ? [] : tree.data, entries };
  }

  /** Undefined when an entry cannot be understood without the rest of the file. */
  #entriesOf(chunks: EntryChunks): Iterable<EntryData> | undefined {
    const entries: EntryData[] = [];
    const problems: { tree: YamlTree; start: number; index: number }[] = [];
    for (const [index, { start, end }] of chunks.chunks.entries()) {
      const text = this.#text.slice(start, end);
      const plain = readPlainEntry(text);
      if (plain !== undefined) {
        entries.push({ index, data: plain.data, offset: start + plain.offset });
        continue;
      }
      const tree = parseTree(text);
      if (tree.hasForeignAlias) return undefined;
      if (tree.problems.length > 0) problems.push({ tree, start, index });
      const list = tree.data;
      if (!Array.isArray(list) || list.length !== 1) {
        if (!tree.isBroken) return undefined;
        this.isBroken = true;
        continue;
      }
      if (tree.isBroken) this.isBroken = true;
      else entries.push({ index, data: list[0], offset: start + (tree.locate([0], 'value')?.start ?? 0) });
    }
    for (const { tree, start, index } of problems) {
      this.#report(tree, (offset) => offset + start, [...chunks.listPath, index]);
    }
    return entries;
  }

  #report(tree: YamlTree, toFile: (offset: number) => number, base: Path): void {
    for (const problem of tree.problems) {
      const span = { start: toFile(problem.start), end: toFile(problem.end) };
      this.#problemSpans.push(span);
      const path =
        base.length > 0 && problem.path.length > 0
          ? [...base, ...problem.path.slice(1)]
          : [...base, ...problem.path];
      this.#add(
        span,
        {
          path,
          message: problem.message,
          hint: problem.hint,
          isSecret: !problem.isPlain && this.#isGuarded(span),
        },
        problem.isPlain,
      );
    }
  }

  #fromSkeleton(offset: number): number {
    const chunks = this.#chunks;
    return chunks === undefined || offset < chunks.gapAt ? offset : offset + chunks.gapLength;
  }

  /** Line and column, counted from 1. */
  position(offset: number): { readonly line: number; readonly column: number } {
    this.#lineStarts ??= lineStarts(this.#text);
    const starts = this.#lineStarts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  }

  /** Where a path leads; a step that does not exist is left out from the end. */
  locate(path: Path, part: 'key' | 'value' = 'value'): Span {
    for (let length = path.length; length > 0; length -= 1) {
      const span = this.#find(path.slice(0, length), length === path.length ? part : 'key');
      if (span !== undefined) return span;
    }
    return { start: 0, end: 0 };
  }

  #find(path: Path, part: 'key' | 'value'): Span | undefined {
    const chunks = this.#chunks;
    const index = path[this.listPath.length];
    const isEntry = typeof index === 'number' && this.listPath.every((step, at) => path[at] === step);
    if (chunks === undefined || !isEntry) {
      const span = this.#skeleton?.locate(path, part);
      return span && { start: this.#fromSkeleton(span.start), end: this.#fromSkeleton(span.end) };
    }
    const chunk = chunks.chunks[index];
    if (chunk === undefined) return undefined;
    if (this.#lastChunk?.index !== index) {
      this.#lastChunk = { index, tree: parseTree(this.#text.slice(chunk.start, chunk.end)) };
    }
    const span = this.#lastChunk.tree.locate([0, ...path.slice(this.listPath.length + 1)], part);
    return span && { start: span.start + chunk.start, end: span.end + chunk.start };
  }

  /** Where a path stands, for a sentence about another place: "shop.yaml:12:5". */
  where(path: Path, part: 'key' | 'value' = 'value'): string {
    return this.placeOf(this.locate(path, part).start);
  }

  placeOf(offset: number): string {
    const { line, column } = this.position(offset);
    return `${this.name}:${line}:${column}`;
  }

  /** The text as it stands in the file: `1.10`, where the data says 1.1. */
  sourceOf(path: Path): string {
    const span = this.locate(path);
    return this.#text.slice(span.start, span.end).trimEnd();
  }

  complain(complaint: Complaint): void {
    if (this.#diagnostics.isFull(complaint.severity ?? 'error')) {
      this.#diagnostics.leaveOut();
      return;
    }
    const span = this.locate(complaint.path, complaint.part ?? 'value');
    const isSame = (problem: Span): boolean => problem.start === span.start && span.end > span.start;
    if (complaint.severity !== 'warning' && this.#problemSpans.some(isSame)) return;
    this.#add(span, complaint, true);
  }

  /** A complaint about the file as a whole. */
  complainOfFile(message: string, hint?: string): void {
    this.#add({ start: 0, end: 0 }, { path: [], message, hint }, false);
  }

  #add(span: Span, complaint: Complaint, mayShowText: boolean): void {
    const { line, column } = this.position(span.start);
    const isSecret = complaint.isSecret === true;
    const raw = this.#text.slice(span.start, Math.min(span.end, span.start + shownMax));
    const isGuarded = complaint.path.includes(furtherFiles) || this.#isGuarded(span);
    const isHidden = isSecret || !mayShowText || (!isOneWord.test(raw) && isGuarded);
    const text = isHidden ? '' : shorten(raw);
    const excerpt = isSecret ? undefined : this.#excerpt(span, line, text, isGuarded);
    this.#diagnostics.add({
      severity: complaint.severity ?? 'error',
      file: this.path,
      line,
      column,
      path: formatPath(complaint.path),
      ...(text === '' ? {} : { text }),
      message: complaint.message,
      ...(complaint.hint === undefined ? {} : { hint: complaint.hint }),
      ...(excerpt === undefined ? {} : { excerpt }),
    });
  }

  #excerpt(span: Span, line: number, text: string, isGuarded: boolean): Excerpt | undefined {
    if (span.end <= span.start) return undefined;
    const lineStart = this.#lineStarts?.[line - 1] ?? 0;
    const newline = this.#text.indexOf('\n', span.start);
    const lineEnd = newline === -1 ? this.#text.length : newline;
    const width = Math.max(1, Math.min(span.end, lineEnd) - span.start);
    if (isGuarded) {
      // The rest of the line may be a secret: only the part that may be named is shown.
      if (text === '') return undefined;
      const indent = Math.min(span.start - lineStart, 40);
      return { text: ' '.repeat(indent) + text, caret: indent, width: Math.min(width, text.length) };
    }
    const from = Math.max(lineStart, span.start - 60);
    const to = Math.min(lineEnd, from + 120);
    const shown = this.#text.slice(from, to);
    const clean = printable(shown, ' ');
    const cut = from > lineStart ? `…${clean.slice(1)}` : clean;
    return { text: cut.trimEnd(), caret: span.start - from, width: Math.min(width, to - span.start) };
  }

  /**
   * Whether what would be shown may hold a secret: it lies in a block for accounts, judged by the left margin because the YAML
   * may be broken, or a password of a deployed file is named on its lines or the one before.
   */
  #isGuarded({ start, end }: Span): boolean {
    this.#blocks ??= blocksOf(this.#text);
    if (this.#blocks.findLast((block) => block.start <= start)?.isGuarded === true) return true;
    const lineStart = this.#text.lastIndexOf('\n', start - 1);
    const from = lineStart <= 0 ? 0 : this.#text.lastIndexOf('\n', lineStart - 1) + 1;
    const to = this.#text.indexOf('\n', Math.min(end, start + shownMax));
    return passwordKey.test(this.#text.slice(from, to === -1 ? undefined : to));
  }
}

interface Block {
  readonly start: number;
  readonly isGuarded: boolean;
}

/** Where the kind of block changes; few, because neighbours of one kind are one. */
function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  for (const match of text.matchAll(/^(?:["']?([A-Za-z_][\w-]*)["']?[ ]*:|[{["'?!&*%])/gm)) {
    const isGuarded = match[1] === undefined || guardedBlocks.includes(match[1]);
    if (isGuarded !== (blocks.at(-1)?.isGuarded ?? false)) blocks.push({ start: match.index, isGuarded });
  }
  return blocks;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
