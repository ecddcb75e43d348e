/** All notices that one channel gets in one pass, as one bounded message: a line, a text for people, data for programs. Pure. */
import { createHash } from 'node:crypto';
import { troubleLevels, type NoticeLevel } from '../core/notices.ts';
import { adviceFor } from './advice.ts';
import { configurationSubject } from './conditions.ts';
import type { Notice } from './decide-notices.ts';
import { oneLine, textOf } from './text.ts';

export interface NoticeMessage {
  /** The same at each try of the same notices: a receiver that got them although we did not learn of it can tell. */
  readonly id: string;
  readonly at: Date;
  readonly level: NoticeLevel | 'test';
  /** One line of printable characters. */
  readonly subject: string;
  readonly text: string;
  /** JSON. */
  readonly payload: string;
  readonly total: number;
}

export interface MessageOptions {
  /** Which renewd this is: its host. */
  readonly instance: string;
  readonly at: Date;
  /** When these very notices were tried first; default: now. */
  readonly firstTriedAt?: Date;
  /** Removes what must not leave the machine. */
  readonly scrub: (text: string) => string;
}

/** In the data for programs; the rest is counted. */
const noticesMax = 200;
const namesMax = 20;
const whyCharactersMax = 500;
const causeCharactersMax = 60;
const subjectCharactersMax = 140;

/** Most pressing first; what is over comes last. */
const order: readonly NoticeLevel[] = [...troubleLevels.toReversed(), 'recovered'];

function compare(a: Notice, b: Notice): number {
  const endOf = ({ status }: Notice): number => status?.notAfter?.getTime() ?? Number.POSITIVE_INFINITY;
  const byLevel = order.indexOf(a.level) - order.indexOf(b.level);
  // Infinity - Infinity is no number.
  const byEnd = endOf(a) === endOf(b) ? 0 : endOf(a) - endOf(b);
  return byLevel || (a.cause < b.cause ? -1 : a.cause > b.cause ? 1 : 0) || byEnd;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** What the notices say, without the moment and the sentences. */
export function contentOf(notices: readonly Notice[]): string {
  return shortHash(
    notices.map(({ event, level, subject, cause }) => [event, level, subject, cause].join(' ')).join('\n'),
  );
}

function dataOf(notice: Notice, at: Date): object {
  const { event, level, subject, cause, why, status } = notice;
  return {
    event,
    level,
    certificate: subject === configurationSubject ? null : subject,
    cause,
    why,
    names: status?.names.slice(0, namesMax) ?? [],
    provider: status?.provider ?? null,
    notAfter: status?.notAfter ?? null,
    dueAt: status?.dueAt ?? null,
    slackSeconds:
      status?.notAfter == null ? null : Math.floor((status.notAfter.getTime() - at.getTime()) / 1000),
    ...(level === 'recovered' ? {} : adviceFor(cause, subject)),
  };
}

/** "URGENT: shop (dcv-not-visible)", "EXPIRED: 3 certificates (…), 1 recovered" */
function subjectOf(notices: readonly Notice[]): string {
  const [first] = notices;
  if (first === undefined) return 'nothing to tell';
  const troubles = notices.filter(({ level }) => level !== 'recovered');
  const recovered = notices.length - troubles.length;
  const about = (list: readonly Notice[]): string =>
    list.length === 1 ? (list[0]?.subject ?? '') : `${list.length} certificates`;
  if (troubles.length === 0) return `recovered: ${about(notices)}`;
  const causes = [...new Set(troubles.map(({ cause }) => cause))];
  const more = recovered === 0 ? '' : `, ${recovered} recovered`;
  return `${first.level.toUpperCase()}: ${about(troubles)} (${causes.slice(0, 3).join(', ')}${causes.length > 3 ? ', …' : ''})${more}`;
}

export function composeMessage(notices: readonly Notice[], options: MessageOptions): NoticeMessage {
  const { instance, at, scrub, firstTriedAt = at } = options;
  const sorted = notices.toSorted(compare).map((notice) => ({
    ...notice,
    cause: oneLine(notice.cause, causeCharactersMax),
    why: oneLine(scrub(notice.why), whyCharactersMax),
  }));
  return finish(sorted[0]?.level ?? 'recovered', subjectOf(sorted), textOf(sorted, instance, at), {
    id: shortHash(`${contentOf(notices)} ${firstTriedAt.toISOString()}`),
    instance,
    at,
    total: sorted.length,
    notices: sorted.slice(0, noticesMax).map((notice) => dataOf(notice, at)),
  });
}

/** Says that the channel works, and nothing else. */
export function composeTest(channel: string, { instance, at }: MessageOptions): NoticeMessage {
  const text = `This is a test of the channel "${channel}" of renewd on ${instance}.\nNothing is wrong, and nothing is to be done.\n`;
  const id = shortHash(`test ${channel} ${at.toISOString()}`);
  return finish('test', `test of ${channel}`, text, { id, instance, at, total: 0, notices: [] });
}

function finish(
  level: NoticeMessage['level'],
  about: string,
  text: string,
  data: Pick<NoticeMessage, 'id' | 'at' | 'total'> & {
    readonly instance: string;
    readonly notices: readonly object[];
  },
): NoticeMessage {
  const subject = oneLine(`renewd: ${about}`, subjectCharactersMax);
  const { id, at, total } = data;
  const payload = JSON.stringify({ version: 1, level, subject, text, ...data });
  return { id, at, level, subject, text, payload, total };
}
