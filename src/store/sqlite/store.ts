/** The port, in terms of one connection: which statements belong together in one transaction. */
import type { Effects, Store } from '../../contracts/store.ts';
import { readCertificate, readCertificates, writeCertificate } from './certificates.ts';
import { readChallenges, readChallengesToWithdraw, writeChallenge } from './challenges.ts';
import type { Connection } from './connection.ts';
import { acknowledgeEvent, insertEvent, readUnacknowledgedEvents } from './events.ts';
import { dropLease, readLeaseHolder, takeLease } from './leases.ts';
import { insertLedger, readLedger, readSpent } from './ledger.ts';
import { forgetNotice, readToldNotices, writeToldNotice } from './notices.ts';
import { appendReceipt, readNewestReceipt, readReceiptOf, readReceipts } from './receipts.ts';
import {
  insertRenewal,
  makeRenewalsDue,
  patchRenewal,
  readIssuedSummaries,
  readNewestIssued,
  readOpenRenewals,
  readRenewal,
  readRenewalsToDiscard,
  readRenewalsOf,
} from './renewals.ts';
import {
  insertCompromisedKey,
  insertRevocationsDue,
  readCompromisedKeys,
  readIssuedWithKey,
  readRevocations,
  readRevocationsDue,
  replaceRevocationDue,
  writeRevocations,
} from './revocations.ts';
import { finishRequests, insertRequest, readPendingRequests } from './requests.ts';

/** Methods are async so that a failure is always a rejection and another engine may really wait. */
export function createSqliteStore(connection: Connection): Store {
  return {
    certificates: async () => readCertificates(connection),
    certificate: async (name) => readCertificate(connection, name),
    saveCertificates: async (records, ledger = []) =>
      connection.write(() => {
        for (const record of records) writeCertificate(connection, record);
        insertLedger(connection, ledger);
      }),

    createRenewal: async (renewal, effects) =>
      connection.write(() => {
        connection.requireInPlace();
        if (!insertRenewal(connection, renewal)) return false;
        applyEffects(connection, effects);
        return true;
      }),
    renewal: async (id) => readRenewal(connection, id),
    renewalsOf: async (certificate, limit) => readRenewalsOf(connection, certificate, limit),
    newestIssued: async (certificate) => readNewestIssued(connection, certificate),
    issuedSummaries: async (certificate) => readIssuedSummaries(connection, certificate),
    openRenewals: async () => readOpenRenewals(connection),
    renewalsToDiscard: async () => readRenewalsToDiscard(connection),
    updateRenewal: async (id, revision, patch, effects, now) =>
      connection.write(() => {
        // An answer is written even so: whoever moved the file still has it. But nothing is ordered any more.
        if (patch.state === 'ordering') connection.requireInPlace();
        const renewal = patchRenewal(connection, id, revision, patch, now);
        applyEffects(connection, effects);
        return renewal;
      }),

    challenges: async (renewalId) => readChallenges(connection, renewalId),
    challengesToWithdraw: async () => readChallengesToWithdraw(connection),
    saveChallenges: async (challenges, ledger = []) =>
      connection.write(() => {
        for (const challenge of challenges) writeChallenge(connection, challenge);
        insertLedger(connection, ledger);
      }),

    saveEvents: async (events) =>
      connection.write(() => events.filter((event) => insertEvent(connection, event))),
    markEventAcknowledged: async (provider, eventId, at) =>
      connection.write(() => acknowledgeEvent(connection, provider, eventId, at)),
    unacknowledgedEvents: async (provider) => readUnacknowledgedEvents(connection, provider),
    makeDue: async (provider, ids, now) =>
      connection.write(() => makeRenewalsDue(connection, provider, ids, now)),

    appendLedger: async (entries) => connection.write(() => insertLedger(connection, entries)),
    ledger: async (query) => readLedger(connection, query),
    spent: async (provider, since) => readSpent(connection, provider, since),

    receipts: async (query) => readReceipts(connection, query),
    receiptOf: async (renewalId) => readReceiptOf(connection, renewalId),
    newestReceipt: async (certificate) => readNewestReceipt(connection, certificate),

    revocations: async () => readRevocations(connection),
    saveRevocations: async (records, ledger = []) =>
      connection.write(() => {
        writeRevocations(connection, records);
        insertLedger(connection, ledger);
      }),
    compromisedKeys: async () => readCompromisedKeys(connection),
    recordCompromise: async (keys, due, ledger) =>
      connection.write(() => {
        for (const key of keys) insertCompromisedKey(connection, key);
        insertRevocationsDue(connection, due);
        insertLedger(connection, ledger);
      }),
    revocationsDue: async () => readRevocationsDue(connection),
    updateRevocationDue: async (due, ledger) =>
      connection.write(() => {
        replaceRevocationDue(connection, due);
        insertLedger(connection, ledger);
      }),
    issuedWithKey: async (spkiSha256) => readIssuedWithKey(connection, spkiSha256),

    addRequest: async (request) => connection.write(() => insertRequest(connection, request)),
    pendingRequests: async () => readPendingRequests(connection),
    settleRequests: async (ids, ledger) =>
      connection.write(() => {
        finishRequests(connection, ids);
        insertLedger(connection, ledger);
      }),

    toldNotices: async () => readToldNotices(connection),
    saveToldNotices: async (told, over) =>
      connection.write(() => {
        for (const one of told) writeToldNotice(connection, one);
        for (const one of over) forgetNotice(connection, one);
      }),

    acquireLease: async (name, holder, ttlMs, now) =>
      connection.write(() => {
        connection.requireInPlace();
        return takeLease(connection, { name, holder, ttlMs }, now);
      }),
    releaseLease: async (name, holder) => connection.write(() => dropLease(connection, name, holder)),
    leaseHolder: async (name, now) => readLeaseHolder(connection, name, now),

    foreignChangeCounter: async () => Number(connection.pragma('data_version')),
    close: async () => connection.close(),
  };
}

function applyEffects(connection: Connection, effects: Effects): void {
  for (const challenge of effects.challenges ?? []) writeChallenge(connection, challenge);
  if (effects.certificate !== undefined) writeCertificate(connection, effects.certificate);
  insertLedger(connection, effects.ledger ?? []);
  if (effects.receipt !== undefined) appendReceipt(connection, effects.receipt);
  insertRevocationsDue(connection, effects.revocationsDue ?? []);
  finishRequests(connection, effects.doneRequests ?? []);
}
