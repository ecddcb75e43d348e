/** The configuration: every mistake of every file, and who may change the files. */
import { dirname } from 'node:path';
import type { Machine } from '../../contracts/machine.ts';
import { notesOn, type Finding } from '../finding.ts';

/** As the loader reports it. */
export interface Mistake {
  readonly severity: 'error' | 'warning';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
}

const shownMax = 50;

export function mistakeFindings(file: string, mistakes: readonly Mistake[], certificates: number | null) {
  const found: Finding[] = mistakes.slice(0, shownMax).map((one) => {
    const note = notesOn('config', `${one.file}:${one.line}:${one.column}`);
    const what = one.path === '' ? one.message : `${one.path}: ${one.message}`;
    const rest = one.hint === undefined ? {} : { fix: one.hint };
    return one.severity === 'error' ? note.fail(what, rest) : note.warn(what, rest);
  });
  const note = notesOn('config', file);
  if (mistakes.length > shownMax)
    found.push(
      note.warn(`${mistakes.length - shownMax} more are not shown`, { fix: `renewd check -c ${file}` }),
    );
  if (certificates !== null) found.push(note.ok(`no mistake stops it: ${certificates} certificate(s)`));
  return found;
}

/** Whoever can write the configuration can have any program run as a reload command. */
export function configurationFileFindings(files: readonly string[], machine: Machine): readonly Finding[] {
  const found: Finding[] = [];
  const places = [...new Set(files.flatMap((file) => [file, dirname(file)]))];
  for (const path of places) {
    const stat = machine.stat(path);
    if (stat === undefined) continue;
    const sticky = (stat.mode & 0o1000) !== 0;
    const note = notesOn('permissions', path);
    if ((stat.mode & 0o002) !== 0 && !sticky) {
      found.push(
        note.fail(`every user of this host can change it (mode ${octal(stat.mode)})`, {
          why: 'Whoever can write the configuration can have any program run as renewd.',
          fix: `chmod o-w ${path}`,
        }),
      );
    } else if ((stat.mode & 0o020) !== 0 && stat.gid !== 0) {
      const group = stat.gid === undefined ? 'its group' : `group ${machine.accountName('group', stat.gid)}`;
      found.push(
        note.warn(`${group} can change it (mode ${octal(stat.mode)})`, {
          why: 'Whoever can write the configuration can have any program run as renewd.',
          fix: `chmod g-w ${path}`,
        }),
      );
    }
  }
  if (found.length === 0 && files[0] !== undefined)
    found.push(notesOn('permissions', files[0]).ok('only its owner can change the configuration'));
  return found;
}

export function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}
