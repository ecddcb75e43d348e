import { expect, test } from 'vitest';
import type { CompromisedKey, RevocationDue, RevocationRecord } from '../../../src/core/revocation.ts';
import { aLedgerEntry, aRenewal, after, noon } from '../../builders/store-records.ts';
import type { StoreUnderTest } from '../store.ts';

const dayMs = 86_400_000;

function aRecord(fields: Partial<RevocationRecord> = {}): RevocationRecord {
  return {
    fingerprint256: 'aa',
    certificate: 'shop',
    status: 'good',
    reason: null,
    revokedAt: null,
    source: 'http://crl.example/1',
    detail: 'the list',
    checkedAt: noon,
    answeredAt: noon,
    nextAt: after(dayMs),
    notAfter: after(90 * dayMs),
    ...fields,
  };
}

const aKey: CompromisedKey = { spkiSha256: 'k1', certificate: 'shop', at: noon, by: 'ada' };

function aDue(fields: Partial<RevocationDue> = {}): RevocationDue {
  return {
    fingerprint256: 'aa',
    spkiSha256: 'k1',
    certificate: 'shop',
    provider: 'cnr',
    orderId: null,
    certificateId: '18',
    serialHex: '4a',
    notAfter: after(90 * dayMs),
    state: 'due',
    at: noon,
    by: 'ada',
    attempts: 0,
    detail: null,
    nextAt: null,
    ...fields,
  };
}

export function revocationTests(subject: StoreUnderTest): void {
  test('words of CAs are replaced by newer ones, and go with their certificate', async () => {
    const store = await subject.store();
    expect(await store.revocations()).toEqual([]);
    const revoked = aRecord({ status: 'revoked', reason: 'keyCompromise', revokedAt: noon });
    const silent = aRecord({ fingerprint256: 'bb', status: 'unknown', source: null, answeredAt: null });
    await store.saveRevocations([aRecord(), silent], [aLedgerEntry({ text: 'looked' })]);
    await store.saveRevocations([revoked]);
    expect(await store.revocations()).toEqual([revoked, silent]);
    expect(await store.ledger({ limit: 9 })).toMatchObject([{ text: 'looked' }]);
    const later = after(90 * dayMs + 1);
    const newer = aRecord({ fingerprint256: 'cc', checkedAt: later, notAfter: after(200 * dayMs) });
    await store.saveRevocations([newer]);
    expect(await store.revocations()).toEqual([newer]);
  });

  test('a lost key stays what was first said, with what is due because of it', async () => {
    const store = await subject.store();
    const other = aDue({
      fingerprint256: 'bb',
      certificateId: null,
      orderId: '9',
      state: 'person',
      detail: 'ask',
      attempts: 2,
      nextAt: after(5),
    });
    await store.recordCompromise([aKey], [aDue(), other], [aLedgerEntry({ text: 'said' })]);
    const again = [
      { ...aKey, by: 'bob', at: after(9) },
      { ...aKey, spkiSha256: 'k2', at: after(9) },
    ];
    await store.recordCompromise(again, [aDue({ by: 'bob' })], []);
    expect(await store.compromisedKeys()).toEqual([aKey, again[1]]);
    expect(await store.revocationsDue()).toEqual([aDue(), other]);
    expect(await store.ledger({ limit: 9 })).toMatchObject([{ text: 'said' }]);
  });

  test('what is due is updated with its ledger entries, and only if it is known', async () => {
    const store = await subject.store();
    await store.recordCompromise([aKey], [aDue()], []);
    await store.updateRevocationDue(aDue({ state: 'done' }), [aLedgerEntry({ text: 'revoked' })]);
    expect(await store.revocationsDue()).toEqual([aDue({ state: 'done' })]);
    expect(await store.ledger({ limit: 9 })).toMatchObject([{ text: 'revoked' }]);
    await expect(
      store.updateRevocationDue(aDue({ fingerprint256: 'zz' }), [aLedgerEntry()]),
    ).rejects.toMatchObject({ code: 'store-conflict' });
    expect(await store.ledger({ limit: 9 })).toHaveLength(1);
  });

  test('a renewal can bring one more, in its own transaction', async () => {
    const store = await subject.store();
    await store.recordCompromise([aKey], [aDue()], []);
    await store.createRenewal(aRenewal(), {});
    const more = aDue({ fingerprint256: 'bb' });
    await expect(
      store.updateRenewal('r1', 7, {}, { revocationsDue: [more] }, after(1)),
    ).rejects.toMatchObject({
      code: 'store-conflict',
    });
    expect(await store.revocationsDue()).toHaveLength(1);
    await store.updateRenewal('r1', 1, {}, { revocationsDue: [more, aDue({ by: 'bob' })] }, after(1));
    expect(await store.revocationsDue()).toEqual([aDue(), more]);
  });

  test('issued certificates are found by their key, whoever they belong to', async () => {
    const store = await subject.store();
    const rows = [
      aRenewal({ id: 'r1', spkiSha256: 'k1', leafPem: 'leaf', state: 'served' }),
      aRenewal({
        id: 'r2',
        spkiSha256: 'k1',
        leafPem: 'leaf',
        certificate: 'mail',
        state: 'failed',
        createdAt: after(1),
      }),
      aRenewal({ id: 'r3', spkiSha256: 'k2', leafPem: 'leaf', state: 'served' }),
      aRenewal({ id: 'r4', spkiSha256: 'k1', certificate: 'blog' }),
    ];
    for (const row of rows) await store.createRenewal(row, {});
    expect((await store.issuedWithKey('k1')).map(({ id }) => id)).toEqual(['r1', 'r2']);
    expect(await store.issuedWithKey('k9')).toEqual([]);
  });
}
