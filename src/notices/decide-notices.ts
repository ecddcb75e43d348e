/**
 * What one channel is to be told now: from what is wrong and what it was told before. Pure. The same cause is told once
 * for each level it reaches, urgent and expired ones again after a while, and the end of it all once.
 */
import type { ToldNotice } from '../contracts/store.ts';
import { minuteMs } from '../core/durations.ts';
import { troubleLevels, type ChannelSettings, type NoticeLevel, type TroubleLevel } from '../core/notices.ts';
import type { CertificateStatus } from '../status/source.ts';
import { rankOf, type Condition, type Trouble } from './conditions.ts';

export interface Notice {
  readonly event: 'raised' | 'escalated' | 'repeated' | 'recovered';
  readonly level: NoticeLevel;
  /** Name of a certificate, or `configurationSubject`. */
  readonly subject: string;
  readonly cause: string;
  readonly why: string;
  readonly status: CertificateStatus | null;
}

export interface ChannelNews {
  readonly notices: readonly Notice[];
  /** To remember once the notices were delivered. */
  readonly told: readonly ToldNotice[];
  /** To forget once the notices were delivered. */
  readonly over: readonly ToldNotice[];
}

/** Clocks are corrected by less than this all the time. */
const clockStepMs = minuteMs;

/** The highest level that this trouble has reached and this channel wants to hear of. */
function markOf({ level, needsPerson }: Trouble, levels: readonly NoticeLevel[]): TroubleLevel | undefined {
  if (level === null) return undefined;
  return troubleLevels.findLast(
    (one) => levels.includes(one) && rankOf(one) <= rankOf(level) && (one !== 'person' || needsPerson),
  );
}

function isRepeatDue({ level, toldAt }: ToldNotice, repeatMs: number, now: Date): boolean {
  if (level !== 'urgent' && level !== 'expired') return false;
  const sinceMs = now.getTime() - toldAt.getTime();
  // Told at a moment that has not come yet: the clock was set back.
  return sinceMs >= repeatMs || sinceMs < -clockStepMs;
}

function eventOf(
  before: ToldNotice | undefined,
  mark: TroubleLevel,
  repeatMs: number,
  now: Date,
): Notice['event'] | undefined {
  if (before === undefined) return 'raised';
  if (rankOf(mark) > rankOf(before.level)) return 'escalated';
  return mark === before.level && isRepeatDue(before, repeatMs, now) ? 'repeated' : undefined;
}

export function decideNotices(
  { name: channel, levels, repeatMs }: Pick<ChannelSettings, 'name' | 'levels' | 'repeatMs'>,
  conditions: readonly Condition[],
  toldBefore: readonly ToldNotice[],
  now: Date,
): ChannelNews {
  const ofSubject = Map.groupBy(
    toldBefore.filter((one) => one.channel === channel),
    ({ subject }) => subject,
  );
  const notices: Notice[] = [];
  const told: ToldNotice[] = [];
  const over: ToldNotice[] = [];
  for (const { subject, status, troubles, well } of conditions) {
    const before = ofSubject.get(subject) ?? [];
    ofSubject.delete(subject);
    if (well && before.length > 0) {
      over.push(...before);
      const [first] = before.toSorted((a, b) => rankOf(b.level) - rankOf(a.level));
      if (first !== undefined && levels.includes('recovered'))
        notices.push({
          event: 'recovered',
          level: 'recovered',
          subject,
          cause: first.cause,
          why: `told before: ${before.map(({ cause }) => cause).join(', ')}`,
          status,
        });
      continue;
    }
    for (const trouble of troubles) {
      const mark = markOf(trouble, levels);
      const { cause, why, level } = trouble;
      if (mark === undefined || level === null) continue;
      const known = before.find((one) => one.cause === cause);
      const event = eventOf(known, mark, repeatMs, now);
      if (event === undefined) continue;
      notices.push({ event, level, subject, cause, why, status });
      told.push({ channel, subject, cause, level: mark, since: known?.since ?? now, toldAt: now });
    }
  }
  // Left the inventory: nobody is told that something else became of it.
  for (const gone of ofSubject.values()) over.push(...gone);
  return { notices, told, over };
}
