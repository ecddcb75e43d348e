/** Reissue, renew or wait: both sides of every condition, for a CA that gives 200 days and a gain of 30 that is worth it. */
import { describe, expect, test } from 'vitest';
import { dayMs } from '../../../src/core/durations.ts';
import type { ProviderCapabilities } from '../../../src/contracts/capabilities.ts';
import { chooseVerb, soonest, type Verb } from '../../../src/renewal/plan/verb.ts';
import { someCapabilities } from '../../builders/managed.ts';
import { days, noon } from './facts.ts';

const closed = { closed: 'not sold' };
const noRenewal = someCapabilities({ verbs: { ...someCapabilities().verbs, renew: closed } });
const noReissue = someCapabilities({ verbs: { ...someCapabilities().verbs, reissue: closed } });
const opens = (renewWindowDays: number) => someCapabilities({ renewWindowDays });

interface Row {
  readonly title: string;
  /** Days from now to the end of certificate and order. */
  readonly ends: readonly [certificate: number, order: number];
  readonly capabilities?: ProviderCapabilities;
  readonly pressing?: boolean;
  readonly verb: Verb;
}

const reissue = (end: number): Verb => ({ verb: 'reissue', ends: days(end) });
const renew = (end: number): Verb => ({ verb: 'renew', ends: days(end) });
const wait = (why: 'window' | 'gain', until: number): Verb => ({ verb: 'wait', why, until: days(until) });

const rows: readonly Row[] = [
  { title: 'a reissue that is worth it', ends: [20, 50], verb: reissue(50) },
  { title: 'a renewal that is just worth it', ends: [170, 175], verb: renew(200) },
  { title: 'a renewal that is not', ends: [190, 195], verb: wait('gain', 20) },
  {
    title: 'the same in an emergency',
    ends: [190, 195],
    pressing: true,
    verb: renew(200),
  },
  {
    title: 'a renewal that lasts as long as a free reissue is not paid for',
    ends: [190, 200],
    pressing: true,
    verb: reissue(200),
  },
  {
    title: 'a short term: a reissue is worth it sooner than a new order',
    ends: [190, 195],
    capabilities: someCapabilities({ termDays: 100 }),
    verb: wait('gain', 20),
  },
  { title: 'the order begins to cut a reissue', ends: [190, 210], verb: wait('gain', 10) },
  { title: 'an emergency, and renewals are sold', ends: [1, 3], pressing: true, verb: renew(200) },
  {
    title: 'an emergency, and none are sold',
    ends: [1, 3],
    capabilities: noRenewal,
    pressing: true,
    verb: reissue(3),
  },
  {
    title: 'an emergency, none are sold, and a reissue gains nothing',
    ends: [3, 3],
    capabilities: noRenewal,
    pressing: true,
    verb: renew(200),
  },
  {
    title: 'no reissue is sold: what it would do to the end does not matter',
    ends: [20, 20],
    capabilities: noReissue,
    verb: renew(200),
  },
  { title: 'the window opens in time', ends: [20, 30], capabilities: opens(15), verb: wait('window', 15) },
  {
    title: 'the window opens too late, and a reissue does not grow by waiting',
    ends: [190, 200],
    capabilities: opens(10),
    verb: reissue(200),
  },
  {
    title: 'the window opens too late, but a reissue grows by waiting',
    ends: [190, 230],
    capabilities: opens(10),
    verb: wait('window', 20),
  },
];

test.each(rows)(
  '$title: $verb.verb',
  ({ ends: [certificate, order], capabilities, pressing = false, verb }) => {
    const clock = { notAfter: days(certificate), paidUntil: days(order) };
    expect(chooseVerb(clock, capabilities ?? someCapabilities(), 200 * dayMs, pressing, noon)).toEqual(verb);
  },
);

describe('the soonest moment', () => {
  test.each<[string, readonly (Date | undefined)[], Date | undefined]>([
    ['of none', [], undefined],
    ['that is still to come', [days(-1), noon, days(2), days(1)], days(1)],
    ['where some are not known', [undefined, days(1), undefined, days(2)], days(1)],
    ['when all are over', [days(-1), noon], undefined],
  ])('%s', (_title, moments, soonestOne) => {
    expect(soonest(noon, moments)).toEqual(soonestOne);
  });
});
