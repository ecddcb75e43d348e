import { describe, expect, test } from 'vitest';
import type { ToldNotice } from '../../../src/contracts/store.ts';
import { dayMs, minuteMs } from '../../../src/core/durations.ts';
import { noticeLevels, type NoticeLevel, type TroubleLevel } from '../../../src/core/notices.ts';
import type { Condition, Trouble } from '../../../src/notices/conditions.ts';
import { decideNotices } from '../../../src/notices/decide-notices.ts';
import { aCertificateStatus } from '../../builders/statuses.ts';
import { aToldNotice, after, noon } from '../../builders/store-records.ts';

const cause = 'dcv-not-visible';

function aTrouble(fields: Partial<Trouble> = {}): Trouble {
  return { cause, level: 'warning', needsPerson: false, why: 'because', ...fields };
}

function aCondition(troubles: readonly Trouble[], fields: Partial<Condition> = {}): Condition {
  const { subject = 'shop' } = fields;
  const status = aCertificateStatus({ name: subject });
  return { subject, status, troubles, well: false, ...fields };
}

const well = aCondition([], { well: true });
const unsettled = aCondition([]);

function decided(
  conditions: readonly Condition[],
  told: readonly ToldNotice[] = [],
  now = noon,
  levels: readonly NoticeLevel[] = noticeLevels,
) {
  return decideNotices({ name: 'team', levels, repeatMs: dayMs }, conditions, told, now);
}

function brief(...given: Parameters<typeof decided>): readonly string[] {
  return decided(...given).notices.map(
    ({ event, level, subject, cause: of }) => `${event} ${level} ${subject} ${of}`,
  );
}

describe('the same cause', () => {
  test('is told once for each level that it reaches', () => {
    const at = (level: TroubleLevel): readonly Condition[] => [aCondition([aTrouble({ level })])];
    let told: readonly ToldNotice[] = [];
    const all: string[] = [];
    for (const level of [
      'warning',
      'warning',
      'urgent',
      'urgent',
      'expired',
      'expired',
      'warning',
    ] as const) {
      all.push(...brief(at(level), told));
      const news = decided(at(level), told);
      if (news.told.length > 0) told = news.told;
    }
    expect(all).toEqual([
      `raised warning shop ${cause}`,
      `escalated urgent shop ${cause}`,
      `escalated expired shop ${cause}`,
    ]);
  });

  test('is not told while it is for the log', () => {
    expect(decided([aCondition([aTrouble({ level: null })])])).toEqual({ notices: [], told: [], over: [] });
  });

  test('keeps the moment it was told first', () => {
    const before = aToldNotice({ since: after(-dayMs), toldAt: after(-dayMs) });
    const { told } = decided([aCondition([aTrouble({ level: 'urgent' })])], [before]);
    expect(told).toEqual([{ ...before, level: 'urgent', toldAt: noon }]);
  });

  test.each<readonly [TroubleLevel, number, boolean]>([
    ['person', 300 * dayMs, false],
    ['warning', 300 * dayMs, false],
    ['urgent', dayMs - 1, false],
    ['urgent', dayMs, true],
    ['expired', dayMs - 1, false],
    ['expired', dayMs, true],
    ['urgent', -minuteMs, false],
    ['urgent', -minuteMs - 1, true],
  ])('%s, %d ms after it was told: again %s', (level, sinceMs, again) => {
    const before = aToldNotice({ level, toldAt: after(-sinceMs) });
    const conditions = [aCondition([aTrouble({ level, needsPerson: true })])];
    expect(brief(conditions, [before])).toEqual(again ? [`repeated ${level} shop ${cause}`] : []);
  });

  test('at a level that is not told again keeps quiet below the one that was', () => {
    const before = aToldNotice({ level: 'expired', toldAt: after(-10 * dayMs) });
    expect(brief([aCondition([aTrouble({ level: 'urgent' })])], [before])).toEqual([]);
  });

  test.each(['backing-off', 'order-unknown', 'unfinished', 'expired'])(
    'that says nothing by itself (%s) is no news to who was told another',
    (vague) => {
      const at = (level: TroubleLevel) => [aCondition([aTrouble({ cause: vague, level })])];
      const before = aToldNotice({ level: 'urgent', since: after(-2 * dayMs), toldAt: after(1 - dayMs) });
      expect(brief(at('warning'), [before])).toEqual([]);
      expect(brief(at('urgent'), [before])).toEqual([]);
      expect(brief(at('urgent'), [before], after(1))).toEqual([`repeated urgent shop ${vague}`]);
      expect(brief(at('expired'), [before])).toEqual([`escalated expired shop ${vague}`]);
      expect(brief(at('urgent'), [])).toEqual([`raised urgent shop ${vague}`]);
    },
  );

  test('is not rung again because another one was meanwhile', () => {
    const before = aToldNotice({ level: 'urgent', toldAt: after(-3 * dayMs) });
    const other = aToldNotice({ cause: 'expired', level: 'urgent', toldAt: after(-minuteMs) });
    const urgent = [aCondition([aTrouble({ level: 'urgent' })])];
    expect(brief(urgent, [before])).toEqual([`repeated urgent shop ${cause}`]);
    expect(brief(urgent, [before, other])).toEqual([]);
  });

  test('of two certificates, and two causes of one, are different things', () => {
    const two = [aTrouble(), aTrouble({ cause: 'not-served' })];
    const conditions = [aCondition(two), aCondition([aTrouble()], { subject: 'mail' })];
    const told = [aToldNotice(), aToldNotice({ channel: 'pager', subject: 'mail' })];
    expect(brief(conditions, told)).toEqual([
      'raised warning shop not-served',
      `raised warning mail ${cause}`,
    ]);
  });
});

describe('levels of a channel', () => {
  const levels: readonly NoticeLevel[] = ['urgent', 'recovered'];

  test('what is below them is not told, what is above is, by its own name', () => {
    expect(brief([aCondition([aTrouble({ level: 'warning' })])], [], noon, levels)).toEqual([]);
    expect(brief([aCondition([aTrouble({ level: 'expired' })])], [], noon, levels)).toEqual([
      `raised expired shop ${cause}`,
    ]);
    const told = [aToldNotice({ level: 'urgent' })];
    expect(brief([aCondition([aTrouble({ level: 'expired' })])], told, noon, levels)).toEqual([]);
  });

  test('person hears of what needs one, however late it is, and of nothing else', () => {
    const only: readonly NoticeLevel[] = ['person'];
    expect(brief([aCondition([aTrouble({ level: 'urgent', needsPerson: true })])], [], noon, only)).toEqual([
      `raised urgent shop ${cause}`,
    ]);
    expect(brief([aCondition([aTrouble({ level: 'urgent' })])], [], noon, only)).toEqual([]);
  });
});

describe('the end of it', () => {
  const told = [aToldNotice(), aToldNotice({ cause: 'not-served', level: 'urgent' })];

  test('is told once to who was told, for all causes together', () => {
    const news = decided([well], told);
    expect(news.notices).toMatchObject([
      {
        event: 'recovered',
        level: 'recovered',
        subject: 'shop',
        cause: 'not-served',
        why: `told before: ${cause}, not-served`,
      },
    ]);
    expect(news.over).toEqual(told);
    expect(decided([well], [])).toEqual({ notices: [], told: [], over: [] });
    expect(decided([well], [aToldNotice({ channel: 'pager' })])).toEqual({ notices: [], told: [], over: [] });
  });

  test('is not told while something is still under way', () => {
    expect(decided([unsettled], told)).toEqual({ notices: [], told: [], over: [] });
  });

  test('is forgotten quietly by a channel that does not want to hear of it', () => {
    expect(decided([well], told, noon, ['warning', 'urgent'])).toEqual({ notices: [], told: [], over: told });
  });

  test('is forgotten quietly when the certificate left the inventory', () => {
    expect(decided([aCondition([], { subject: 'mail', well: true })], told)).toEqual({
      notices: [],
      told: [],
      over: told,
    });
  });

  test('what comes back afterwards is told anew', () => {
    expect(brief([aCondition([aTrouble()])], [])).toEqual([`raised warning shop ${cause}`]);
  });
});
