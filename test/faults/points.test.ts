/** That nothing escapes the matrix: every write point there is, is injured in every way, by default already. */
import { expect, test } from 'vitest';
import { accountNames } from '../builders/accounts.ts';
import { injuries } from '../builders/write-points.ts';
import { choose, methodOf } from './choice.ts';
import { flowsOf } from './flows.ts';
import { allOf, record } from './run.ts';

/** Write points that no flow of the matrix calls, with the place where they are put to the test. */
const elsewhere: Readonly<Record<string, string>> = {
  'provider approvers': 'only asks, for e-mail validation: test/flow/persons.test.ts',
  'provider cancel': 'only by a person: test/contract/provider',
  'provider revoke': 'only after a key was lost or by a person: test/flow, compromise',
  'provider productFacts': 'only asks, for the command line',
  'delivery secret': 'only for a file with a password: test/flow/deploy.test.ts',
  'keys keep': 'only where the provider makes the key',
  'keys prune': 'only by a person',
  'store addRequest': 'the command line writes it, not the daemon',
  'store settleRequests': 'only where nothing was blocked: test/flow/lost-answers.test.ts',
  'store recordCompromise': 'only by a person: the tests of a lost key',
  'store updateRevocationDue': 'only after a key was lost',
  'store saveRevocations': 'only where revocation is looked up',
  'store saveToldNotices': 'belongs to the notices, which have their own tests',
  'store acquireLease': 'belongs to the daemon: test/unit/daemon/lease.test.ts',
  'store releaseLease': 'belongs to the daemon: test/unit/daemon/lease.test.ts',
};

test(
  'every write point was called and is injured in every way, or is known to be tested elsewhere',
  { timeout: 600_000 },
  async () => {
    const known = new Set<string>();
    const called = new Set<string>();
    const injured = new Set<string>();
    for (const account of accountNames) {
      const recordings = await allOf(flowsOf(account), record);
      for (const { methods, calls } of recordings) {
        for (const point of methods) known.add(methodOf(point));
        for (const { point } of calls) called.add(methodOf(point));
      }
      for (const { point, injury } of choose(recordings, account))
        injured.add(`${methodOf(point)} ${injury}`);
    }
    expect([...known].filter((one) => !called.has(one)).toSorted()).toEqual(
      Object.keys(elsewhere).toSorted(),
    );
    // Each way at each; a repetition command leaves most of them out.
    if (process.env['RENEWD_FAULT'] !== undefined || process.env['RENEWD_FAULTS']?.includes('/') === true)
      return;
    const all = [...called].flatMap((one) => injuries.map((injury) => `${one} ${injury}`));
    expect(all.filter((one) => !injured.has(one))).toEqual([]);
  },
);
