/** Diagnostics for people. Needs neither yaml nor zod. */
import { relative } from 'node:path';
import type { Diagnostic } from './diagnostics.ts';

export interface RenderOptions {
  /** Directory that file names are shown relative to; absent: absolute. */
  readonly directory?: string;
}

function place(diagnostic: Diagnostic, { directory }: RenderOptions): string {
  const short = directory === undefined ? diagnostic.file : relative(directory, diagnostic.file);
  // A path that climbs far up reads worse than the absolute one.
  const file = short === '' || short.startsWith('../..') ? diagnostic.file : short;
  return `${file}:${diagnostic.line}:${diagnostic.column}`;
}

function sentence(diagnostic: Diagnostic): string {
  const subject = diagnostic.path === '' ? '' : `${diagnostic.path}: `;
  return `${subject}${diagnostic.message}`;
}

/** One diagnostic: place and sentence, the line with a caret, and what would be right. */
function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions = {}): string {
  const lines = [`${place(diagnostic, options)}: ${diagnostic.severity}: ${sentence(diagnostic)}`];
  if (diagnostic.excerpt !== undefined) {
    const { text, caret, width } = diagnostic.excerpt;
    lines.push(`    ${text}`, `    ${' '.repeat(caret)}${'^'.repeat(Math.max(1, width))}`);
  }
  if (diagnostic.hint !== undefined) lines.push(`    ${diagnostic.hint}`);
  return lines.join('\n');
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** "2 errors and 1 warning", "no mistakes" */
export function summarize(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter((one) => one.severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const parts = [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ];
  return parts.length === 0 ? 'no mistakes' : parts.join(' and ');
}

/** All of them, with a summary as the last line. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions = {}): string {
  return [...diagnostics.map((one) => renderDiagnostic(one, options)), summarize(diagnostics)].join('\n');
}
