import { describe, expect, test } from 'vitest';
import { dayMs, hourMs } from '../../../src/core/durations.ts';
import { conditionOf, configurationCondition, levelBySlack } from '../../../src/notices/conditions.ts';
import type { CertificateStatus } from '../../../src/status/source.ts';
import { aCertificateStatus, aRenewalStatus } from '../../builders/statuses.ts';
import { after, noon } from '../../builders/store-records.ts';

const leadMs = 20 * dayMs;

/** A certificate with a lead of 20 days that ends so long after noon. */
function ending(slackMs: number, fields: Partial<CertificateStatus> = {}): CertificateStatus {
  return aCertificateStatus({
    notAfter: after(slackMs),
    dueAt: after(slackMs - leadMs),
    decision: { action: 'resume', reason: 'in-progress', sentence: 'reissue is awaiting-dcv' },
    ...fields,
  });
}

const failure = { code: 'dcv-not-visible', message: 'not visible at ns1', at: noon };
const failing = aRenewalStatus({ failure, createdAt: noon });
const blocked = (reason: string) => ({ action: 'blocked', reason, sentence: `blocked by ${reason}` });
const healthy = { action: 'none', reason: 'healthy', sentence: 'valid' };

const revoked = {
  status: 'revoked',
  reason: 'keyCompromise',
  revokedAt: noon,
  source: 'http://crl.test/',
  detail: 'the list',
  checkedAt: noon,
  answeredAt: noon,
} as const;
const stolen = (needsPerson: boolean) => ({
  since: noon,
  by: 'ada',
  toRevoke: [{ serialHex: '0a1b', provider: 'cnr', needsPerson, detail: 'refused' }],
});

function brief(status: CertificateStatus): readonly string[] {
  return conditionOf(status, noon).troubles.map(
    ({ cause, level, needsPerson }) => `${cause} ${level ?? 'log'}${needsPerson ? ' person' : ''}`,
  );
}

describe('what is left of the lead', () => {
  test.each([
    [leadMs, null],
    [leadMs / 2 + 1, null],
    [leadMs / 2, 'warning'],
    [leadMs / 2 - 1, 'warning'],
    [leadMs / 4 + 1, 'warning'],
    [leadMs / 4, 'urgent'],
    [leadMs / 4 - 1, 'urgent'],
    [0, 'urgent'],
    [-1, 'expired'],
    [-400 * dayMs, 'expired'],
  ])('%d ms before the end: %s', (slackMs, level) => {
    expect(levelBySlack(ending(slackMs), noon)).toBe(level);
  });

  test('before it is due nothing presses, without a due moment only the end does', () => {
    expect(levelBySlack(ending(leadMs + 1), noon)).toBeNull();
    expect(levelBySlack({ notAfter: after(1), dueAt: null }, noon)).toBeNull();
    expect(levelBySlack({ notAfter: after(-1), dueAt: null }, noon)).toBe('expired');
    expect(levelBySlack({ notAfter: null, dueAt: null }, noon)).toBeNull();
  });
});

const early = leadMs * 0.9;
const late = leadMs * 0.4;
const veryLate = leadMs * 0.2;

describe('troubles', () => {
  test.each<readonly [string, CertificateStatus, readonly string[]]>([
    ['a first failure is for the log', ending(early, { renewal: failing }), ['dcv-not-visible log']],
    ['a failure, half of the lead used', ending(late, { renewal: failing }), ['dcv-not-visible warning']],
    ['a failure in the last quarter', ending(veryLate, { renewal: failing }), ['dcv-not-visible urgent']],
    ['a failure past the end', ending(-1, { renewal: failing }), ['dcv-not-visible expired']],
    [
      'an order that waits for a person, with time to spare',
      ending(early, {
        renewal: aRenewalStatus({ createdAt: noon, waitsFor: { text: 'call', since: noon } }),
      }),
      ['waits-for-person person person'],
    ],
    [
      'an order that waits for a person, late',
      ending(late, { renewal: aRenewalStatus({ createdAt: noon, waitsFor: { text: 'call', since: noon } }) }),
      ['waits-for-person warning person'],
    ],
    [
      'a blocked renewal is known by its failure',
      ending(early, {
        decision: blocked('blocked'),
        renewal: aRenewalStatus({ state: 'blocked', failure: { ...failure, code: 'spend-limit' } }),
      }),
      ['spend-limit person person'],
    ],
    [
      'a blocked decision by its reason',
      ending(early, { decision: blocked('loop-breaker') }),
      ['loop-breaker person person'],
    ],
    [
      'a blocked decision, very late',
      ending(veryLate, { decision: blocked('crt-foreign') }),
      ['crt-foreign urgent person'],
    ],
    [
      'a blocked one without a certificate',
      aCertificateStatus({ notAfter: null, dueAt: null, decision: blocked('crt-unreadable') }),
      ['crt-unreadable person person'],
    ],
    ['a wish that was refused is none', ending(early, { decision: blocked('requested') }), []],
    [
      'pausing after failures, late',
      ending(late, { decision: { action: 'wait', reason: 'backing-off', sentence: 'pausing' } }),
      ['backing-off warning'],
    ],
    [
      'an order that cannot be looked up, late',
      ending(late, {
        decision: { action: 'wait', reason: 'order-unknown', sentence: 'asked' },
        orderLookupFailures: 1,
      }),
      ['order-unknown warning'],
    ],
    [
      'an order that is being looked up, late',
      ending(late, { decision: { action: 'wait', reason: 'order-unknown', sentence: 'asked' } }),
      [],
    ],
    [
      'not served, and nothing is under way',
      ending(early, { decision: healthy, servedMatches: false }),
      ['not-served warning'],
    ],
    [
      'not served, and it is being deployed again',
      ending(early, {
        decision: { action: 'deploy', reason: 'not-served', sentence: '' },
        servedMatches: false,
      }),
      [],
    ],
    [
      'put back, because it was not served',
      ending(early, {
        renewal: aRenewalStatus({ createdAt: noon, failure: { ...failure, code: 'not-served' } }),
      }),
      ['not-served warning'],
    ],
    [
      'blocked and not served',
      ending(early, { decision: blocked('loop-breaker'), servedMatches: false }),
      ['loop-breaker person person', 'not-served warning'],
    ],
    [
      'revoked, and the replacement is on its way',
      ending(early, { renewal: aRenewalStatus({ createdAt: noon }), revocation: revoked }),
      ['revoked urgent'],
    ],
    [
      'revoked, and the replacement is blocked',
      ending(early, { decision: blocked('spend-limit'), revocation: revoked }),
      ['revoked urgent', 'spend-limit person person'],
    ],
    [
      'revoked and ended',
      ending(-1, { decision: healthy, revocation: revoked }),
      ['revoked expired', 'expired expired'],
    ],
    ['not revoked', ending(early, { decision: healthy, revocation: { ...revoked, status: 'good' } }), []],
    [
      'whether it is revoked is not known',
      ending(early, { decision: healthy, revocation: { ...revoked, status: 'unknown' } }),
      [],
    ],
    [
      'a stolen key, and the old certificate is still to be revoked',
      ending(early, { decision: healthy, compromise: stolen(false) }),
      ['compromised urgent'],
    ],
    [
      'a stolen key, and only a person can have it revoked',
      ending(early, { decision: healthy, compromise: stolen(true) }),
      ['compromised urgent', 'revocation-needs-person urgent person'],
    ],
    [
      'ended, and nobody knows why',
      ending(-1, { decision: { action: 'none', reason: 'held', sentence: 'held' } }),
      ['expired expired'],
    ],
  ])('%s', (_, status, expected) => {
    expect(brief(status)).toEqual(expected);
  });

  test.each(['no-gain', 'renew-not-open', 'outside-window', 'held', 'order-unknown'])(
    'a planned wait (%s) raises nothing until the end',
    (reason) => {
      const decision = { action: 'wait', reason, sentence: 'later' };
      expect(brief(ending(early, { decision }))).toEqual([]);
      expect(brief(ending(veryLate, { decision }))).toEqual([]);
      expect(brief(ending(-1, { decision }))).toEqual(['expired expired']);
    },
  );

  test.each([
    [leadMs / 8 - 1, []],
    [leadMs / 8, ['unfinished warning']],
  ])('a renewal that goes on for %d ms, without a failure', (ageMs, expected) => {
    expect(brief(ending(late, { renewal: aRenewalStatus({ createdAt: after(-ageMs) }) }))).toEqual(expected);
  });

  describe('without a certificate there is no lead', () => {
    const none = {
      notAfter: null,
      dueAt: null,
      slackMs: null,
      decision: { action: 'wait', reason: 'waiting', sentence: '' },
    };

    test.each([
      [hourMs - 1, 'log'],
      [hourMs, 'warning'],
    ])('a failure after %d ms: %s', (ageMs, level) => {
      const renewal = aRenewalStatus({ failure, createdAt: after(-ageMs) });
      expect(brief(aCertificateStatus({ ...none, renewal }))).toEqual([`dcv-not-visible ${level}`]);
    });

    test.each([
      [dayMs - 1, []],
      [dayMs, ['unfinished warning']],
    ])('an order after %d ms', (ageMs, expected) => {
      const renewal = aRenewalStatus({ createdAt: after(-ageMs) });
      expect(brief(aCertificateStatus({ ...none, renewal }))).toEqual(expected);
    });

    test('one that was given up is told', () => {
      const decision = { action: 'wait', reason: 'backing-off', sentence: 'pausing' };
      expect(brief(aCertificateStatus({ ...none, decision }))).toEqual(['backing-off warning']);
    });
  });
});

describe('well', () => {
  const isWell = (fields: Partial<CertificateStatus>): boolean =>
    conditionOf(aCertificateStatus({ decision: healthy, ...fields }), noon).well;

  test('is who is valid, not due, served or not looked at, and has nothing under way', () => {
    expect(isWell({})).toBe(true);
    expect(isWell({ servedMatches: null })).toBe(true);
    expect(isWell({ servedMatches: false })).toBe(false);
    expect(isWell({ renewal: aRenewalStatus() })).toBe(false);
    expect(isWell({ notAfter: after(-1) })).toBe(false);
    for (const reason of ['held', 'no-gain', 'backing-off', 'waiting'])
      expect(isWell({ decision: { ...healthy, reason } })).toBe(false);
  });

  test('the configuration is, unless it was refused', () => {
    expect(configurationCondition(true)).toMatchObject({ well: true, troubles: [] });
    expect(configurationCondition(false)).toMatchObject({
      well: false,
      troubles: [{ cause: 'config-invalid', level: 'warning', needsPerson: true }],
    });
  });
});
