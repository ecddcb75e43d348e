/**
 * What src/contracts/store.ts promises, as tests that run unchanged on every engine. An engine is a module that
 * exports `open(directory)`: a new store in an empty directory, the same one when called again. The module's address is
 * needed too, because promises between processes are tested with real ones.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe } from 'vitest';
import type { Store } from '../../src/contracts/store.ts';
import { atomicityTests } from './store/atomicity.ts';
import { certificateTests } from './store/certificates.ts';
import { challengeTests } from './store/challenges.ts';
import { crashTests } from './store/crash.ts';
import { eventTests } from './store/events.ts';
import { leaseTests } from './store/leases.ts';
import { ledgerTests } from './store/ledger.ts';
import { noticeTests } from './store/notices.ts';
import { raceTests } from './store/races.ts';
import { receiptTests } from './store/receipts.ts';
import { renewalTests } from './store/renewals.ts';
import { requestTests } from './store/requests.ts';
import { revocationTests } from './store/revocations.ts';
import { roundTripTests } from './store/round-trip.ts';
import { sharingTests } from './store/sharing.ts';

/** What a group of tests works with; everything is fresh in every test. */
export interface StoreUnderTest {
  readonly directory: string;
  readonly engine: URL;
  /** The same store for every call in one test; closed after it. */
  store(): Promise<Store>;
  /** One more connection to the same store; closed after the test. */
  another(): Promise<Store>;
}

const groups: readonly (readonly [name: string, tests: (subject: StoreUnderTest) => void])[] = [
  ['certificates', certificateTests],
  ['renewals', renewalTests],
  ['challenges', challengeTests],
  ['events', eventTests],
  ['ledger', ledgerTests],
  ['receipts', receiptTests],
  ['requests', requestTests],
  ['revocations', revocationTests],
  ['notices', noticeTests],
  ['leases', leaseTests],
  ['atomicity', atomicityTests],
  ['round trip', roundTripTests],
  ['several connections', sharingTests],
  ['several processes', raceTests],
  ['crash', crashTests],
];

export function storeContract(name: string, open: (directory: string) => Promise<Store>, engine: URL): void {
  describe(`store contract: ${name}`, () => {
    let directory = '';
    let first: Promise<Store> | undefined;
    let opened: Promise<Store>[] = [];

    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), 'renewd-store-'));
    });
    afterEach(async () => {
      for (const store of opened) await (await store).close();
      opened = [];
      first = undefined;
      rmSync(directory, { recursive: true, force: true });
    });

    const subject: StoreUnderTest = {
      get directory() {
        return directory;
      },
      engine,
      another() {
        const store = open(directory);
        opened.push(store);
        return store;
      },
      store() {
        first ??= subject.another();
        return first;
      },
    };

    describe.each(groups)('%s', (_, tests) => {
      tests(subject);
    });
  });
}
