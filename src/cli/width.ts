/**
 * How many columns a terminal gives to text: two for wide East Asian characters and emoji, none for combining marks and
 * what is not shown. After Unicode UAX #11 (East Asian Width W and F) and UTS #51 (emoji presentation), by code point
 * ranges; a cluster of several code points takes the columns of its widest.
 */

/** First and last code point of the ranges that are wide: UAX #11, blocks that are W or F throughout. */
const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x2329, 0x232a],
  [0x23e9, 0x23ec],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18aff],
  [0x1b000, 0x1b2ff],
  [0x1f200, 0x1f2ff],
  [0x20000, 0x3fffd],
];

const nothing = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}\u1160-\u11ff]$/u;
const emoji = /^\p{Emoji_Presentation}$/u;
const emojiVariation = 0xfe0f;

function isWide(codePoint: number): boolean {
  return wideRanges.some(([first, last]) => codePoint >= first && codePoint <= last);
}

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });
const plain = /^[\u0020-\u007e]*$/;

function clusterWidth(cluster: string): number {
  let width = 0;
  for (const character of cluster) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (codePoint === emojiVariation) width = 2;
    else if (nothing.test(character)) continue;
    else width = Math.max(width, isWide(codePoint) || emoji.test(character) ? 2 : 1);
  }
  return width;
}

export function widthOf(text: string): number {
  if (plain.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += clusterWidth(segment);
  return width;
}

/** At most `columns` wide, the last of them an ellipsis where something was left out. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    const next = clusterWidth(segment);
    if (width + next > columns - 1) break;
    kept += segment;
    width += next;
  }
  return `${kept}…`;
}

/** Filled up with spaces. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}
