/** One line about everything, for `systemctl status`: how many are well, what is wrong, what comes next. */
import type { StatusSource } from '../status/source.ts';
import { stateWord } from '../status/state-word.ts';

/** Names that a line has room for. */
const namedMax = 3;

function minute(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function counted(count: number, one: string): string {
  return `${count} ${count === 1 ? one : `${one}s`}`;
}

/**
 * `valid`, `waiting` (due, a renewal is under way, or not looked at yet) and problems are all of them; a wait for a person
 * is a problem.
 */
export async function serviceStatusLine(source: StatusSource): Promise<string> {
  const certificates = await source.certificates();
  const { now, lastPassAt, configValid } = source.health();
  const refused = configValid ? '' : '; the changed configuration is REFUSED, the last good one is in use';
  if (lastPassAt === null)
    return `${counted(certificates.length, 'certificate')}, first pass under way${refused}`;
  let valid = 0;
  let waiting = 0;
  const problems: string[] = [];
  let next: { readonly name: string; readonly at: Date } | undefined;
  for (const certificate of certificates) {
    const { word, style } = stateWord(certificate);
    if (style === 'good') valid += 1;
    else if (style === 'warn' && word !== 'person') waiting += 1;
    else problems.push(`${certificate.name} ${word}`);
    const { name, dueAt } = certificate;
    if (dueAt !== null && dueAt > now && (next === undefined || dueAt < next.at)) next = { name, at: dueAt };
  }
  const more = problems.length > namedMax ? ', …' : '';
  const named = problems.length === 0 ? '' : ` (${problems.slice(0, namedMax).join(', ')}${more})`;
  const due = next === undefined ? 'nothing due' : `next due ${minute(next.at)} (${next.name})`;
  return `${valid} valid, ${waiting} waiting, ${counted(problems.length, 'problem')}${named}; ${due}${refused}`;
}
