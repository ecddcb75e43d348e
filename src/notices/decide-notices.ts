/**
 * What one channel is to be told now: from what is wrong and what it was told before. Pure. The same cause is told once
 * for each level it reaches, urgent and expired ones again after a while, and the end of it all once.
 */
import type { ToldNotice } from '../contracts/store.ts';
import { minuteMs } from '../core/durations.ts';
import { troubleLevels, type ChannelSettings, type NoticeLevel, type TroubleLevel } from '../core/notices.ts';
import type { CertificateStatus } from '../status/source.ts';
import { isVague, rankOf, type Condition, type Trouble } from './conditions.ts';

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

/** Nothing of that level was told about this certificate for so long: causes that change are no reason to ring again. */
function isRepeatDue(
  mark: TroubleLevel,
  before: readonly ToldNotice[],
  repeatMs: number,
  now: Date,
): boolean {
  if (mark !== 'urgent' && mark !== 'expired') return false;
  return before
    .filter(({ level }) => rankOf(level) >= rankOf(mark))
    .every(({ toldAt }) => {
      const sinceMs = now.getTime() - toldAt.getTime();
      // Told at a moment that has not come yet: the clock was set back.
      return sinceMs >= repeatMs || sinceMs < -clockStepMs;
    });
}

/** What counts as told: the same cause, or for one that says nothing by itself whatever was told at the highest level. */
function knownAs(cause: string, before: readonly ToldNotice[]): ToldNotice | undefined {
  const same = before.find((one) => one.cause === cause);
  if (!isVague(cause)) return same;
  return before.reduce(
    (high, one) => (high !== undefined && rankOf(high.level) >= rankOf(one.level) ? high : one),
    same,
  );
}

function eventOf(
  known: ToldNotice | undefined,
  before: readonly ToldNotice[],
  mark: TroubleLevel,
  repeatMs: number,
  now: Date,
): Notice['event'] | undefined {
  if (known === undefined) return 'raised';
  if (rankOf(mark) > rankOf(known.level)) return 'escalated';
  return mark === known.level && isRepeatDue(mark, before, repeatMs, now) ? 'repeated' : undefined;
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
      const known = knownAs(cause, before);
      const event = eventOf(known, before, mark, repeatMs, now);
      if (event === undefined) continue;
      notices.push({ event, level, subject, cause, why, status });
      told.push({ channel, subject, cause, level: mark, since: known?.since ?? now, toldAt: now });
    }
  }
  // Left the inventory: nobody is told that something else became of it.
  for (const gone of ofSubject.values()) over.push(...gone);
  return { notices, told, over };
}
