/**
 * Splits the text of a file at the entries of its list of certificates, so that each can be parsed by itself: a tree of
 * ten thousand entries needs half a gigabyte, a tree of one needs nothing.
 *
 * Only the usual shape is split: a block list at the top of the file, or under a `certificates:` line at the left margin.
 * In YAML everything inside an entry is indented further than its dash, so a dash in the same column begins the next
 * entry. For any other shape the caller parses the file as a whole.
 */

export interface EntryChunks {
  /** The file without its entries, and how offsets in it lead back: from `gapAt` on, add `gapLength`. */
  readonly skeleton: string;
  readonly gapAt: number;
  readonly gapLength: number;
  /** ["certificates"], or [] when the file is the list. */
  readonly listPath: readonly string[];
  /** Start and end offset of each entry, from the line of its dash. */
  readonly chunks: readonly { readonly start: number; readonly end: number }[];
}

const blankOrComment = /^[ ]*(?:#.*)?\r?$/;

export function splitEntries(text: string): EntryChunks | undefined {
  const headLine = /^certificates:[ ]*(?:#.*)?\r?$/m.exec(text);
  const isList = /^(?:[ ]*(?:#.*)?\r?\n|---[ ]*\r?\n)*- /.test(text.slice(0, 65_536));
  if (isList === (headLine !== null)) return undefined;
  const start = headLine === null ? 0 : headLine.index + headLine[0].length + 1;

  const chunks: { start: number; end: number }[] = [];
  let indent: number | undefined;
  let gapAt = -1;
  let at = start;
  let end = text.length;
  while (at < text.length) {
    const newline = text.indexOf('\n', at);
    const next = newline === -1 ? text.length : newline + 1;
    const dash = /^( *)-(?=[ \r\n]|$)/.exec(text.slice(at, Math.min(next, at + 200)));
    const isStart = dash !== null && (indent === undefined || dash[1]?.length === indent);
    if (isStart) {
      indent ??= dash[1]?.length ?? 0;
      const last = chunks.at(-1);
      if (last === undefined) gapAt = at;
      else last.end = at;
      chunks.push({ start: at, end: text.length });
    } else {
      const first = text[at];
      const isMargin = first !== ' ' && first !== '\t' && first !== '\n' && first !== '\r' && first !== '#';
      if (isMargin && (chunks.length > 0 || headLine !== null)) {
        end = at;
        break;
      }
      if (chunks.length === 0 && !isMargin && !blankOrComment.test(text.slice(at, next).trimEnd()))
        return undefined;
    }
    at = next;
  }
  const last = chunks.at(-1);
  if (last === undefined) return undefined;
  last.end = end;
  const tail = text.slice(end);
  if (/^(?:---|\.\.\.|%|- )/m.test(tail) || (headLine === null && tail !== '')) return undefined;
  return {
    skeleton: text.slice(0, gapAt) + tail,
    gapAt,
    gapLength: end - gapAt,
    listPath: headLine === null ? [] : ['certificates'],
    chunks,
  };
}
