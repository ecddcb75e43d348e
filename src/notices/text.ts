/** The notices of one message as plain text: what, where, why, and what to do. Pure. */
import { formatDuration } from '../core/durations.ts';
import { adviceFor } from './advice.ts';
import { configurationSubject } from './conditions.ts';
import type { Notice } from './decide-notices.ts';

/** With one cause: so many are described, so many more are named, the rest is counted. */
const describedMax = 10;
const namedMax = 200;
const hostsMax = 5;
const lineLength = 100;

/** Blanks, line ends, control characters, and what turns the reading direction. */
const controls = /[\s\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

/** One line of at most so many characters. */
export function oneLine(text: string, charactersMax: number): string {
  const flat = text.toWellFormed().replaceAll(controls, ' ').trim();
  const characters = Array.from(flat);
  return characters.length <= charactersMax ? flat : `${characters.slice(0, charactersMax - 1).join('')}…`;
}

const moment = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function endOf({ status }: Notice, at: Date): string {
  if (status === null) return '';
  if (status.notAfter === null) return 'there is no certificate yet';
  const leftMs = status.notAfter.getTime() - at.getTime();
  return leftMs < 0
    ? `ended ${moment(status.notAfter)}`
    : `ends ${moment(status.notAfter)} (${formatDuration(leftMs)} left)`;
}

function hostsOf({ status }: Notice): string {
  if (status === null) return '';
  const shown = status.names.slice(0, hostsMax).join(', ');
  const more = status.names.length > hostsMax ? `, and ${status.names.length - hostsMax} more` : '';
  return `${shown}${more}; provider ${status.provider}`;
}

function described(notice: Notice, at: Date): readonly string[] {
  const { subject, why, event } = notice;
  const name = subject === configurationSubject ? 'configuration' : subject;
  const again = event === 'repeated' ? ', still' : '';
  const end = endOf(notice, at);
  const hosts = hostsOf(notice);
  return [
    `* ${name}${again}${end === '' ? '' : `: ${end}`}`,
    ...(hosts === '' ? [] : [`  where: ${hosts}`]),
    `  why:   ${why}`,
  ];
}

/** Words in lines that a mail may have. */
function wrapped(words: readonly string[]): readonly string[] {
  const lines: string[] = [];
  let line = ' ';
  for (const word of words) {
    if (line.length + word.length + 1 > lineLength && line !== ' ') {
      lines.push(line);
      line = ' ';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

function groupText(notices: readonly Notice[], at: Date): readonly string[] {
  const [first] = notices;
  if (first === undefined) return [];
  const { level, cause, subject } = first;
  const lines = [`${level.toUpperCase()}${level === 'recovered' ? '' : `: ${cause}`}`, ''];
  for (const notice of notices.slice(0, describedMax)) lines.push(...described(notice, at));
  const others = notices.slice(describedMax);
  if (others.length > 0) {
    const named = others.slice(0, namedMax).map((notice) => notice.subject);
    lines.push(`* and ${others.length} more:`, ...wrapped(named));
    if (others.length > named.length) lines.push(`  … and ${others.length - named.length} more`);
  }
  if (level === 'recovered') return [...lines, ''];
  const { todo, command } = adviceFor(cause, subject);
  return [...lines, '', `What to do: ${todo}`, `  ${command}`, ''];
}

/** `sorted`: by level, then by cause. */
export function textOf(sorted: readonly Notice[], instance: string, at: Date): string {
  const groups = Map.groupBy(sorted, ({ level, cause }) =>
    level === 'recovered' ? level : `${level} ${cause}`,
  );
  const lines = [`renewd on ${oneLine(instance, 100)}, ${moment(at)}`, ''];
  for (const group of groups.values()) lines.push(...groupText(group, at));
  return `${lines.join('\n').trimEnd()}\n`;
}
