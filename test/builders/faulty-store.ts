/**
 * Any store, with chosen calls failing: what a full disk, a lost connection or a crash looks like to the code above.
 * Calls are counted per method from 1, failed ones included, and listed, so that a test can first record a run and
 * then repeat it once for every write point.
 */
import type { Store } from '../../src/contracts/store.ts';
import { RenewdError } from '../../src/core/errors.ts';

export type StoreFault =
  /** Rejected, nothing applied. */
  | 'fail'
  /** Applied, then rejected: the caller does not learn that it happened. */
  | 'applied-but-unanswered';

export interface PlannedFault {
  readonly method: keyof Store;
  /** Which call of that method, counted from 1. */
  readonly call: number;
  readonly fault: StoreFault;
}

export interface StoreCall {
  readonly method: keyof Store;
  readonly call: number;
  readonly fault: StoreFault | null;
}

export interface FaultyStore {
  readonly store: Store;
  /** Every call so far, oldest first. */
  readonly calls: readonly StoreCall[];
}

/** Methods that change what is stored: the write points of the fault tests. */
export const writingMethods: readonly (keyof Store)[] = [
  'saveCertificates',
  'createRenewal',
  'updateRenewal',
  'saveChallenges',
  'saveEvents',
  'markEventAcknowledged',
  'makeDue',
  'appendLedger',
  'saveRevocations',
  'recordCompromise',
  'updateRevocationDue',
  'addRequest',
  'settleRequests',
  'saveToldNotices',
  'acquireLease',
  'releaseLease',
];

/** The wrapped store alone. */
export function faultyStore(store: Store, plan: readonly PlannedFault[]): Store {
  return recordedFaultyStore(store, plan).store;
}

export function recordedFaultyStore(store: Store, plan: readonly PlannedFault[]): FaultyStore {
  const calls: StoreCall[] = [];

  /** Decides what happens to the next call of `method`, and writes it down. */
  function next(method: keyof Store): StoreFault | null {
    const call = calls.filter((earlier) => earlier.method === method).length + 1;
    const fault = plan.find((planned) => planned.method === method && planned.call === call)?.fault ?? null;
    calls.push({ method, call, fault });
    return fault;
  }

  function wrap<Parameters extends readonly unknown[], Result>(
    method: keyof Store,
    operation: (...parameters: Parameters) => Promise<Result>,
  ): (...parameters: Parameters) => Promise<Result> {
    return async (...parameters) => {
      const fault = next(method);
      if (fault === 'fail') throw injected(method);
      const result = await operation(...parameters);
      if (fault === 'applied-but-unanswered') throw injected(method);
      return result;
    };
  }

  return {
    calls,
    store: {
      certificates: wrap('certificates', store.certificates.bind(store)),
      certificate: wrap('certificate', store.certificate.bind(store)),
      saveCertificates: wrap('saveCertificates', store.saveCertificates.bind(store)),
      createRenewal: wrap('createRenewal', store.createRenewal.bind(store)),
      renewal: wrap('renewal', store.renewal.bind(store)),
      renewalsOf: wrap('renewalsOf', store.renewalsOf.bind(store)),
      newestIssued: wrap('newestIssued', store.newestIssued.bind(store)),
      issuedSummaries: wrap('issuedSummaries', store.issuedSummaries.bind(store)),
      openRenewals: wrap('openRenewals', store.openRenewals.bind(store)),
      renewalsToDiscard: wrap('renewalsToDiscard', store.renewalsToDiscard.bind(store)),
      updateRenewal: wrap('updateRenewal', store.updateRenewal.bind(store)),
      challenges: wrap('challenges', store.challenges.bind(store)),
      challengesToWithdraw: wrap('challengesToWithdraw', store.challengesToWithdraw.bind(store)),
      saveChallenges: wrap('saveChallenges', store.saveChallenges.bind(store)),
      saveEvents: wrap('saveEvents', store.saveEvents.bind(store)),
      markEventAcknowledged: wrap('markEventAcknowledged', store.markEventAcknowledged.bind(store)),
      unacknowledgedEvents: wrap('unacknowledgedEvents', store.unacknowledgedEvents.bind(store)),
      makeDue: wrap('makeDue', store.makeDue.bind(store)),
      appendLedger: wrap('appendLedger', store.appendLedger.bind(store)),
      ledger: wrap('ledger', store.ledger.bind(store)),
      spent: wrap('spent', store.spent.bind(store)),
      receipts: wrap('receipts', store.receipts.bind(store)),
      receiptOf: wrap('receiptOf', store.receiptOf.bind(store)),
      newestReceipt: wrap('newestReceipt', store.newestReceipt.bind(store)),
      revocations: wrap('revocations', store.revocations.bind(store)),
      saveRevocations: wrap('saveRevocations', store.saveRevocations.bind(store)),
      compromisedKeys: wrap('compromisedKeys', store.compromisedKeys.bind(store)),
      recordCompromise: wrap('recordCompromise', store.recordCompromise.bind(store)),
      revocationsDue: wrap('revocationsDue', store.revocationsDue.bind(store)),
      updateRevocationDue: wrap('updateRevocationDue', store.updateRevocationDue.bind(store)),
      issuedWithKey: wrap('issuedWithKey', store.issuedWithKey.bind(store)),
      addRequest: wrap('addRequest', store.addRequest.bind(store)),
      pendingRequests: wrap('pendingRequests', store.pendingRequests.bind(store)),
      settleRequests: wrap('settleRequests', store.settleRequests.bind(store)),
      toldNotices: wrap('toldNotices', store.toldNotices.bind(store)),
      saveToldNotices: wrap('saveToldNotices', store.saveToldNotices.bind(store)),
      acquireLease: wrap('acquireLease', store.acquireLease.bind(store)),
      releaseLease: wrap('releaseLease', store.releaseLease.bind(store)),
      leaseHolder: wrap('leaseHolder', store.leaseHolder.bind(store)),
      foreignChangeCounter: wrap('foreignChangeCounter', store.foreignChangeCounter.bind(store)),
      // Closing always works: it is how a test cleans up.
      close: () => store.close(),
    },
  };
}

function injected(method: keyof Store): RenewdError {
  return new RenewdError('store-failed', `injected failure of ${method}`, { fields: { method } });
}
