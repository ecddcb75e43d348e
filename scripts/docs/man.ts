/** Text as man(7) macros, for man and mandoc. */

/** Of the pages, not of the program: changed by hand when what they say changed much. */
const pageDate = '2026-11-22';

const letters: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  '…': '...',
  '’': '\\(cq',
  '—': '\\(em',
  '×': '\\(mu',
  '→': '\\(->',
  '≤': '\\(<=',
};

/** For a line of text; `-` stays a minus that can be copied into a shell. */
export function man(text: string): string {
  const escaped = text
    .replaceAll(/[\\…’—×→≤-]/g, (found) => letters[found] ?? found)
    // What Markdown writes as code is bold here.
    .replaceAll(/`([^`]*)`/g, String.raw`\fB$1\fR`)
    .replaceAll(/\*\*([^*]+)\*\*/g, String.raw`\fB$1\fR`)
    .replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1');
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

/** An argument of a macro: quotes double inside quotes. */
export function argument(text: string): string {
  return `"${man(text).replaceAll('"', '""')}"`;
}

export function title(name: string, section: number, source: string): string {
  return `.TH ${name} ${section} ${pageDate} "${source}" "renewd"`;
}

const lineMax = 79;

/** A line that begins with a dot or a quote would be a macro. */
function folded(text: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const safe = line === '' && /^[.']/.test(word) ? `\\&${word}` : word;
    if (line !== '' && line.length + 1 + word.length > lineMax) {
      lines.push(line);
      line = /^[.']/.test(word) ? `\\&${word}` : word;
    } else line = line === '' ? safe : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Sentences begin lines of their own, as roff spaces them. */
export function paragraph(text: string): readonly string[] {
  const sentences = text
    .replaceAll('\n', ' ')
    .split(/(?<=[.;:?]) (?=[A-Z`"(])/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
  return sentences.flatMap((sentence) => folded(man(sentence)));
}

export function item(head: string, text: string): readonly string[] {
  return ['.TP', `.B ${argument(head)}`, ...(text === '' ? ['\\&'] : paragraph(text))];
}
