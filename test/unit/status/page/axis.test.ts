import { expect, test } from 'vitest';
import { axisFor, place, span, ticksOf } from '../../../../src/status/page/axis.ts';
import { timeline, timelineText } from '../../../../src/status/page/timeline.ts';
import { aCertificateStatus } from '../../../builders/statuses.ts';
import { after, noon } from '../../../builders/store-records.ts';

const dayMs = 86_400_000;
const days = (count: number): Date => after(count * dayMs);
const broken = new Date(Number.NaN);
const nothing = { notBefore: null, notAfter: null, paidUntil: null };

const widthOf = (...all: Parameters<typeof axisFor>[0][number]['status'][]) => {
  const { fromMs, toMs } = axisFor(
    all.map((status) => ({ status })),
    noon,
  );
  return [(fromMs - noon.getTime()) / dayMs, (toMs - noon.getTime()) / dayMs].map((one) => Math.round(one));
};

test.each([
  { title: 'nothing', dates: nothing, from: -1, to: 2 },
  {
    title: 'one certificate',
    dates: { ...nothing, notBefore: days(-100), notAfter: days(100) },
    from: -104,
    to: 104,
  },
  { title: 'all over', dates: { ...nothing, notBefore: days(-50), notAfter: days(-10) }, from: -51, to: 3 },
  { title: 'all to come', dates: { ...nothing, notBefore: days(10), notAfter: days(50) }, from: -2, to: 51 },
  {
    title: 'an end before its beginning',
    dates: { ...nothing, notBefore: days(20), notAfter: days(-20) },
    from: -20,
    to: 2,
  },
  {
    title: 'ages',
    dates: { notBefore: new Date(0), notAfter: new Date(8.64e15), paidUntil: null },
    from: -212,
    to: 412,
  },
  { title: 'no moments', dates: { notBefore: broken, notAfter: broken, paidUntil: broken }, from: -1, to: 2 },
  {
    title: 'an order that outlives',
    dates: { ...nothing, notAfter: days(10), paidUntil: days(300) },
    from: -7,
    to: 306,
  },
])('the axis for $title goes from $from to $to days', ({ dates, from, to }) => {
  expect(widthOf(dates)).toEqual([from, to]);
});

test('ten thousand do not make it slow, and one odd one does not make it wide', () => {
  const many = Array.from({ length: 10_000 }, () => ({
    ...nothing,
    notBefore: days(-90),
    notAfter: days(100),
  }));
  expect(widthOf(...many, { ...nothing, notAfter: days(100_000) })).toEqual([-100, 410]);
});

const axis = { fromMs: noon.getTime(), toMs: noon.getTime() + 100 * dayMs };

test.each([
  [0, 0],
  [25, 25],
  [100, 100],
  [-1, 0],
  [101, 100],
  [33.333_333, 33.33],
  [Number.NaN, 0],
  [Number.POSITIVE_INFINITY, 100],
])('day %d lies at %d %%', (count, percent) => {
  expect(place(noon.getTime() + count * dayMs, axis)).toBe(percent);
});

test.each([
  [-10, 10, { x: 0, width: 10 }],
  [90, 200, { x: 90, width: 10 }],
  [10, 10, undefined],
  [20, 10, undefined],
  [-20, -10, undefined],
  [110, 120, undefined],
])('from day %d to %d', (from, to, expected) => {
  expect(span(days(from), days(to), axis)).toEqual(expected);
});

test.each([
  [0.1, '22 Nov 12h'],
  [3, '22 Nov 12h'],
  [20, '26 Nov'],
  [100, 'Dec 26'],
  [612, 'Jan 27'],
])('an axis of %d days has a handful of ticks', (count, first) => {
  const ticks = ticksOf({ fromMs: noon.getTime(), toMs: noon.getTime() + count * dayMs });
  expect(ticks.length).toBeGreaterThanOrEqual(1);
  expect(ticks.length).toBeLessThanOrEqual(7);
  expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length);
  expect(ticks[0]?.label).toBe(first);
});

const bars = (fields: Parameters<typeof aCertificateStatus>[0]) =>
  [
    ...timeline(aCertificateStatus(fields), axis, days(50))
      .toString()
      .matchAll(/<rect class="(\w+)" x="([\d.]+)%" width="([\d.]+)%"/g),
  ].map(([, kind, x, width]) => `${kind} ${x}+${width}`);

test.each([
  {
    title: 'valid',
    fields: {
      notBefore: days(10),
      dueAt: days(70),
      emergencyAt: days(80),
      notAfter: days(90),
      paidUntil: days(95),
    },
    expected: ['over 10+40', 'left 50+20', 'due 70+10', 'late 80+10', 'paid 10+85'],
  },
  {
    title: 'due',
    fields: { notBefore: days(10), dueAt: days(40), emergencyAt: days(60), notAfter: days(90) },
    expected: ['over 10+30', 'due 40+20', 'late 60+30'],
  },
  {
    title: 'not yet valid',
    fields: { notBefore: days(60), dueAt: days(70), emergencyAt: days(80), notAfter: days(90) },
    expected: ['left 60+10', 'due 70+10', 'late 80+10'],
  },
  {
    title: 'over',
    fields: { notBefore: days(10), dueAt: null, emergencyAt: null, notAfter: days(20) },
    expected: ['over 10+10'],
  },
  {
    title: 'without dates',
    fields: { notBefore: null, notAfter: null, dueAt: null, emergencyAt: null },
    expected: [],
  },
  {
    title: 'in the wrong order',
    fields: { notBefore: days(90), dueAt: days(5), emergencyAt: days(1), notAfter: days(60) },
    expected: [],
  },
  {
    title: 'of one moment',
    fields: {
      notBefore: days(60),
      dueAt: days(60),
      emergencyAt: days(60),
      notAfter: days(60),
      paidUntil: days(60),
    },
    expected: [],
  },
])('the bars of one that is $title', ({ fields, expected }) => {
  expect(bars(fields)).toEqual(expected);
});

test('says in words what it shows', () => {
  const status = aCertificateStatus({ paidUntil: days(200) });
  expect(timelineText(status)).toBe(
    'valid from 2026-09-23 to 2026-12-22, due 2026-12-02, emergency from 2026-12-18, order paid until 2027-06-10',
  );
  expect(timelineText({ ...status, notAfter: null, paidUntil: null })).toBe('no dates');
});
