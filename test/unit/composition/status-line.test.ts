/** The line of `systemctl status`: every certificate counts once, problems have names, the next due moment is ahead. */
import { expect, test } from 'vitest';
import { serviceStatusLine } from '../../../src/composition/status-line.ts';
import type { CertificateStatus, Health, StatusSource } from '../../../src/status/source.ts';
import { aCertificateStatus, aHealth, aRenewalStatus } from '../../builders/statuses.ts';
import { after, noon } from '../../builders/store-records.ts';

const hourMs = 3_600_000;
const waitsFor = { text: 'an approver', since: noon };

function line(certificates: readonly CertificateStatus[], health: Partial<Health> = {}): Promise<string> {
  const source: StatusSource = {
    certificates: () => Promise.resolve(certificates),
    certificate: () => Promise.resolve(undefined),
    openRenewals: () => Promise.resolve([]),
    spending: () => Promise.resolve([]),
    health: () => aHealth(health),
  };
  return serviceStatusLine(source);
}

const blocked = { action: 'blocked', reason: 'spend-limit', sentence: 'No.' };
const due = after(48 * hourMs);
const dueText = `next due ${due.toISOString().slice(0, 16).replace('T', ' ')} UTC (shop)`;
const shop = aCertificateStatus({ name: 'shop', dueAt: due });

test.for([
  ['nothing', [], '0 valid, 0 waiting, 0 problems; nothing due'],
  ['one that is well', [shop], `1 valid, 0 waiting, 0 problems; ${dueText}`],
  [
    'the nearest moment that is ahead',
    [
      aCertificateStatus({ name: 'mail', dueAt: after(72 * hourMs) }),
      shop,
      aCertificateStatus({ name: 'late', dueAt: after(-hourMs), renewal: aRenewalStatus() }),
    ],
    `2 valid, 1 waiting, 0 problems; ${dueText}`,
  ],
  [
    'a wait for a person is a problem',
    [aCertificateStatus({ name: 'ov', dueAt: null, renewal: aRenewalStatus({ waitsFor }) })],
    '0 valid, 0 waiting, 1 problem (ov person); nothing due',
  ],
  [
    'three problems by name, the others by number',
    ['a', 'b', 'c', 'd'].map((name) => aCertificateStatus({ name, dueAt: null, decision: blocked })),
    '0 valid, 0 waiting, 4 problems (a blocked, b blocked, c blocked, …); nothing due',
  ],
] as const)('%s', async ([, certificates, expected]) => {
  expect(await line(certificates)).toBe(expected);
});

test('before the first pass nothing is claimed', async () => {
  expect(await line([shop], { lastPassAt: null })).toBe('1 certificate, first pass under way');
  expect(await line([shop, shop], { lastPassAt: null })).toBe('2 certificates, first pass under way');
});

test('a refused configuration is said at the end, whatever else there is', async () => {
  const refused = '; the changed configuration is REFUSED, the last good one is in use';
  expect(await line([shop], { configValid: false })).toBe(
    `1 valid, 0 waiting, 0 problems; ${dueText}${refused}`,
  );
  expect(await line([], { configValid: false, lastPassAt: null })).toContain(refused);
});
