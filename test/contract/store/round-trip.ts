import fc from 'fast-check';
import { expect, test } from 'vitest';
import type {
  CertificateRecord,
  LedgerEntry,
  OperatorRequest,
  RenewalPatch,
  StoredEvent,
} from '../../../src/contracts/store.ts';
import type { Challenge } from '../../../src/core/challenge.ts';
import type { Money } from '../../../src/core/money.ts';
import { renewalStates, type Renewal, type StoredChallenge } from '../../../src/core/renewal.ts';
import { after, aRenewal } from '../../builders/store-records.ts';
import type { StoreUnderTest } from '../store.ts';

/** Every character there is, the zero byte too; lone surrogates are not characters. */
const text = fc.string({ unit: 'binary', maxLength: 40 });
const date = fc.date({ noInvalidDate: true });
const count = fc.nat();
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
const money: fc.Arbitrary<Money> = fc.record({ hundredths: fc.maxSafeNat(), currency: text });
/** JSON has no negative zero. */
const json = fc.dictionary(
  text,
  fc.jsonValue({ maxDepth: 3 }).map((value): unknown => JSON.parse(JSON.stringify(value))),
  { maxKeys: 5 },
);

const certificate: fc.Arbitrary<CertificateRecord> = fc.record({
  name: text,
  jitter: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }).map(Math.abs),
  jitterFingerprint: maybe(text),
  provider: maybe(text),
  product: maybe(text),
  orderId: maybe(text),
  certificateId: maybe(text),
  paidUntil: maybe(date),
  orderReadAt: maybe(date),
  failures: count,
  lastFailureAt: maybe(date),
  servedMatches: maybe(fc.boolean()),
  servedCheckedAt: maybe(date),
});

/** What a patch may hold. */
const changing = {
  reason: text,
  sentence: text,
  state: fc.constantFrom(...renewalStates),
  nextAt: maybe(date),
  attempts: count,
  failure: maybe(fc.record({ code: text, kind: text, message: text, at: date })),
  provider: text,
  product: text,
  names: fc.array(text, { maxLength: 5 }),
  dcvMethod: text,
  keyId: maybe(text),
  csrPem: maybe(text),
  spkiSha256: maybe(text),
  previousOrderId: maybe(text),
  previousCertificateId: maybe(text),
  orderId: maybe(text),
  certificateId: maybe(text),
  jobId: maybe(text),
  prepared: maybe(text),
  paidUntil: maybe(date),
  price: maybe(money),
  orderedAt: maybe(date),
  leafPem: maybe(text),
  chainPem: maybe(text),
  fingerprint256: maybe(text),
  notBefore: maybe(date),
  notAfter: maybe(date),
  forced: fc.boolean(),
  waitsFor: maybe(fc.record({ text, since: date })),
  discard: fc.constantFrom('due' as const, 'done' as const, null),
};

const patch: fc.Arbitrary<Required<RenewalPatch>> = fc.record(changing);

const renewal: fc.Arbitrary<Renewal> = fc.record({
  id: text,
  certificate: text,
  action: fc.constantFrom('create', 'reissue', 'renew', 'deploy'),
  revision: fc.constant(1),
  createdAt: date,
  updatedAt: date,
  reference: text,
  ...changing,
});

const challenge: fc.Arbitrary<Challenge> = fc.oneof(
  fc.record({
    kind: fc.constant('dns' as const),
    identifier: text,
    recordName: text,
    recordType: fc.constantFrom('TXT', 'CNAME'),
    value: text,
  }),
  fc.record({ kind: fc.constant('file' as const), identifier: text, host: text, path: text, content: text }),
  fc.record({
    kind: fc.constant('email' as const),
    identifier: text,
    addresses: fc.array(text, { maxLength: 3 }),
  }),
);

const stored: fc.Arbitrary<StoredChallenge> = fc.record({
  renewalId: fc.constant('r1'),
  index: count,
  challenge,
  state: fc.constantFrom('wanted', 'published', 'withdrawn'),
  publisher: maybe(text),
  targetName: maybe(text),
  visibleAt: maybe(date),
});

const entry: fc.Arbitrary<LedgerEntry> = fc.record({
  at: date,
  certificate: text,
  renewalId: maybe(text),
  kind: fc.constantFrom('intent', 'outcome', 'transition', 'note'),
  subject: text,
  text,
  provider: maybe(text),
  charged: maybe(money),
  paid: fc.boolean(),
  detail: json,
});

const event: fc.Arbitrary<StoredEvent> = fc.record({
  provider: fc.constant('cnr'),
  eventId: text,
  type: text,
  ours: fc.boolean(),
  raw: text,
  receivedAt: date,
  acknowledgedAt: fc.constant(null),
});

const request: fc.Arbitrary<OperatorRequest> = fc.record({
  id: text,
  at: date,
  certificate: text,
  kind: fc.constantFrom('renew', 'resolve'),
  options: json,
  by: text,
});

/** Each run in the same store costs a few durable commits. */
const runs = { numRuns: 60 };

export function roundTripTests(subject: StoreUnderTest): void {
  test('certificates', async () => {
    const store = await subject.store();
    await fc.assert(
      fc.asyncProperty(certificate, async (value) => {
        await store.saveCertificates([value]);
        expect(await store.certificate(value.name)).toEqual(value);
      }),
      runs,
    );
  });

  test('renewals, new and changed', async () => {
    const store = await subject.store();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(renewal, patch, date, async (value, fields, now) => {
        run += 1;
        // Arbitrary texts may repeat; what must be unique gets a number.
        const own = { id: `${run}${value.id}`, certificate: `${run}${value.certificate}` };
        const first = { ...value, ...own, reference: `${run}${value.reference}` };
        expect(await store.createRenewal(first, {})).toBe(true);
        expect(await store.renewal(first.id)).toEqual(first);

        const expected = { ...first, ...fields, revision: 2, updatedAt: now };
        expect(await store.updateRenewal(first.id, 1, fields, {}, now)).toEqual(expected);
        expect(await store.renewal(first.id)).toEqual(expected);
        expect(await store.renewalsOf(first.certificate, 2)).toEqual([expected]);
      }),
      runs,
    );
  });

  test('challenges', async () => {
    const store = await subject.store();
    await store.createRenewal(aRenewal({ id: 'r1' }), {});
    await fc.assert(
      fc.asyncProperty(stored, async (value) => {
        await store.saveChallenges([value]);
        expect(await store.challenges('r1')).toContainEqual(value);
      }),
      runs,
    );
  });

  test('ledger entries', async () => {
    const store = await subject.store();
    let sequence = 0;
    await fc.assert(
      fc.asyncProperty(entry, async (value) => {
        await store.appendLedger([value]);
        const [read] = await store.ledger({ afterSequence: sequence, limit: 1 });
        sequence = read?.sequence ?? 0;
        expect(read).toEqual({ ...value, sequence });
      }),
      runs,
    );
  });

  test('events', async () => {
    const store = await subject.store();
    await fc.assert(
      fc.asyncProperty(event, async (value) => {
        if ((await store.saveEvents([value])).length === 0) return;
        expect(await store.unacknowledgedEvents('cnr')).toEqual([value]);
        await store.markEventAcknowledged('cnr', value.eventId, after(0));
      }),
      runs,
    );
  });

  test('requests', async () => {
    const store = await subject.store();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(request, async (value) => {
        run += 1;
        const own = { ...value, id: `${run}${value.id}` };
        await store.addRequest(own);
        expect(await store.pendingRequests()).toEqual([own]);
        await store.settleRequests([own.id], []);
      }),
      runs,
    );
  });
}
