/** What the loader has to say about the configuration: one value per mistake, collected over all files. */

export type Severity = 'error' | 'warning';

export type Path = readonly (string | number)[];

/** The line a diagnostic is about, cut to a window; absent where it could show a secret. */
export interface Excerpt {
  readonly text: string;
  /** 0-based column in `text` at which the offending part begins, and its width (at least 1). */
  readonly caret: number;
  readonly width: number;
}

/** Plain JSON data. */
export interface Diagnostic {
  readonly severity: Severity;
  /** Absolute path. */
  readonly file: string;
  /** Both count from 1; 1:1 when the mistake is about the file as a whole. */
  readonly line: number;
  readonly column: number;
  /** Where in the file's data: "certificates[3].dcv.method"; empty for the file as a whole. */
  readonly path: string;
  /** The offending text, shortened; never a secret. */
  readonly text?: string;
  readonly message: string;
  /** What would be right. */
  readonly hint?: string;
  readonly excerpt?: Excerpt;
}

/** Of each severity this many are kept, so that warnings never push errors out; the rest is counted. */
const maxDiagnostics = 1000;

export class DiagnosticList {
  readonly #kept = new Map<string, Diagnostic>();
  readonly #counts = { error: 0, warning: 0 };
  #left = 0;

  get hasErrors(): boolean {
    return this.#counts.error > 0;
  }

  /** True when nothing more of this severity is kept: the caller may spare itself the work of finding positions. */
  isFull(severity: Severity): boolean {
    return this.#counts[severity] >= maxDiagnostics;
  }

  /** The same sentence about the same place is kept once: defaults are looked at by every certificate. */
  add(diagnostic: Diagnostic): void {
    const identity = `${diagnostic.file}\0${diagnostic.line}:${diagnostic.column}\0${diagnostic.message}`;
    if (this.#kept.has(identity)) return;
    if (this.isFull(diagnostic.severity)) {
      this.leaveOut();
      return;
    }
    this.#counts[diagnostic.severity] += 1;
    this.#kept.set(identity, diagnostic);
  }

  /** Counts a mistake that is not kept. */
  leaveOut(): void {
    this.#left += 1;
  }

  /** In the order of `files`, then by line and column; a last one says how many were left out. */
  list(files: readonly string[]): readonly Diagnostic[] {
    const order = new Map(files.map((file, index) => [file, index]));
    const place = (one: Diagnostic): number => order.get(one.file) ?? files.length;
    const sorted = [...this.#kept.values()].sort(
      (a, b) => place(a) - place(b) || a.line - b.line || a.column - b.column,
    );
    if (this.#left === 0) return sorted;
    return [
      ...sorted,
      {
        severity: this.hasErrors ? 'error' : 'warning',
        file: sorted.at(-1)?.file ?? '',
        line: 1,
        column: 1,
        path: '',
        message: `${this.#left} more mistakes are not shown`,
        hint: 'mend these first',
      },
    ];
  }
}

/** "certificates[3].dcv.method"; keys that are no plain words stand in quotes. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(step)) text += text === '' ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** Without what could steer a terminal or turn the direction of writing. */
export function printable(text: string, replacement: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, replacement);
}

/** One line of at most 60 characters. */
export function shorten(text: string): string {
  const line = (text.split('\n', 1)[0] ?? '').trim();
  const cut = line.length < text.trim().length || line.length > 60;
  const shown = printable(line.slice(0, 60), '\uFFFD');
  return cut ? `${shown}…` : shown;
}
