/**
 * System calls of a program and all it starts, read from what strace(1) wrote with `-f -yy`: each with the file or peer
 * that a descriptor stood for, and where it began and ended among the others.
 */
import { spawnSync } from 'node:child_process';

export interface SystemCall {
  readonly name: string;
  /** As strace writes them: descriptors as `3</a/path>`, texts in quotes with escapes of C. */
  readonly parameters: string;
  /** What the first descriptor stood for; empty when the first parameter is none. */
  readonly on: string;
  readonly failed: boolean;
  /** Positions in one order of all beginnings and ends. */
  readonly beganAt: number;
  readonly endedAt: number;
}

/** Writes of a database page and of a request fit as a whole. */
const textBytesMax = 8192;

const traced =
  'openat,write,writev,pwrite64,sendto,sendmsg,connect,close,fsync,fdatasync,' +
  'rename,renameat,renameat2,symlink,symlinkat,linkat,mkdir,mkdirat,unlink,unlinkat';

export function straceMissing(): string | undefined {
  return spawnSync('strace', ['-V']).status === 0 ? undefined : 'strace is not installed';
}

/** Parameters of strace: `program` with `parameters`, the calls into the file `output`. */
export function straceParameters(
  output: string,
  program: string,
  parameters: readonly string[],
): readonly string[] {
  const own = ['-f', '-yy', '-qq', '-s', String(textBytesMax), '-e', `trace=${traced}`, '-e', 'signal=none'];
  return [...own, '-o', output, program, ...parameters];
}

const whole = /^(\d+)\s+(\w+)\((.*)\)\s+= (-?\d+|\?)/;
const begun = /^(\d+)\s+(\w+)\((.*) <unfinished \.\.\.>$/;
const resumed = /^(\d+)\s+<\.\.\. (\w+) resumed>(.*)\)\s+= (-?\d+|\?)/;

/** Calls that ended, in the order of their beginning. Other lines (exits of threads) are left out. */
export function readTrace(text: string): readonly SystemCall[] {
  const calls: SystemCall[] = [];
  const open = new Map<string, { readonly name: string; readonly parameters: string; readonly at: number }>();
  for (const [at, line] of text.split('\n').entries()) {
    const full = whole.exec(line);
    if (full !== null) {
      const [, , name = '', parameters = '', result = ''] = full;
      calls.push(callOf(name, parameters, result, at, at));
      continue;
    }
    const start = begun.exec(line);
    if (start !== null) {
      const [, thread = '', name = '', parameters = ''] = start;
      open.set(thread, { name, parameters, at });
      continue;
    }
    const [, thread = '', name = '', rest = '', result = ''] = resumed.exec(line) ?? [];
    const first = open.get(thread);
    if (first === undefined || first.name !== name) continue;
    open.delete(thread);
    calls.push(callOf(name, first.parameters + rest, result, first.at, at));
  }
  return calls.toSorted((left, right) => left.beganAt - right.beganAt);
}

function callOf(
  name: string,
  parameters: string,
  result: string,
  beganAt: number,
  endedAt: number,
): SystemCall {
  // A peer is written with an arrow in it: "21<TCP:[127.0.0.1:4000->127.0.0.1:80]>".
  const on = /^\d+<((?:->|[^<>])*)>/.exec(parameters)?.[1] ?? '';
  return { name, parameters, on, failed: !/^\d+$/.test(result), beganAt, endedAt };
}

/** The texts of a call in quotes: paths of a rename, what was written. */
export function textsOf({ parameters }: SystemCall): readonly string[] {
  return [...parameters.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text);
}
