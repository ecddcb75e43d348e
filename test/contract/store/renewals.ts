import { expect, test } from 'vitest';
import { isTerminal, renewalStates, type Renewal } from '../../../src/core/renewal.ts';
import { aLedgerEntry, aRenewal, after, noon } from '../../builders/store-records.ts';
import type { StoreUnderTest } from '../store.ts';

export function renewalTests(subject: StoreUnderTest): void {
  test('begin at revision 1', async () => {
    const store = await subject.store();
    expect(await store.createRenewal(aRenewal({ revision: 7 }), {})).toBe(true);
    expect(await store.renewal('r1')).toEqual(aRenewal());
    expect(await store.renewal('r2')).toBeUndefined();
  });

  test.each(renewalStates)('a certificate with a renewal in state %s', async (state) => {
    const store = await subject.store();
    await store.createRenewal(aRenewal({ id: 'r1', state }), {});
    const second = await store.createRenewal(aRenewal({ id: 'r2' }), { ledger: [aLedgerEntry()] });
    expect(second).toBe(isTerminal(state));
    expect(await store.renewal('r2')).toEqual(second ? aRenewal({ id: 'r2' }) : undefined);
    expect(await store.ledger({ limit: 10 })).toHaveLength(second ? 1 : 0);
    expect(await store.createRenewal(aRenewal({ id: 'r3', certificate: 'mail' }), {})).toBe(true);
  });

  test('a change needs the present revision, and gives the next', async () => {
    const store = await subject.store();
    await store.createRenewal(aRenewal(), {});
    const changed = await store.updateRenewal('r1', 1, { state: 'ordering', orderId: '17' }, {}, after(5));
    const expected = aRenewal({ state: 'ordering', orderId: '17', revision: 2, updatedAt: after(5) });
    expect(changed).toEqual(expected);
    expect(await store.renewal('r1')).toEqual(expected);

    for (const revision of [0, 1, 3]) {
      await expect(
        store.updateRenewal('r1', revision, { state: 'failed' }, { ledger: [aLedgerEntry()] }, after(6)),
      ).rejects.toMatchObject({ code: 'store-conflict' });
    }
    expect(await store.renewal('r1')).toEqual(expected);
    expect(await store.ledger({ limit: 10 })).toEqual([]);
  });

  test('a change of an unknown renewal is a conflict', async () => {
    const store = await subject.store();
    await expect(store.updateRenewal('r1', 1, {}, {}, noon)).rejects.toMatchObject({
      code: 'store-conflict',
    });
  });

  test('what was finished cannot be opened again beside another open one', async () => {
    const store = await subject.store();
    await store.createRenewal(aRenewal({ id: 'r1', state: 'failed' }), {});
    await store.createRenewal(aRenewal({ id: 'r2' }), {});
    await expect(store.updateRenewal('r1', 1, { state: 'planned' }, {}, noon)).rejects.toMatchObject({
      code: 'store-conflict',
    });
    expect(await store.renewal('r1')).toEqual(aRenewal({ id: 'r1', state: 'failed' }));
  });

  test('two renewals never share a reference', async () => {
    const store = await subject.store();
    await store.createRenewal(aRenewal({ id: 'r1', reference: 'same' }), {});
    await expect(
      store.createRenewal(aRenewal({ id: 'r2', certificate: 'mail', reference: 'same' }), {}),
    ).rejects.toMatchObject({ code: 'store-conflict' });
  });

  test('of a certificate come newest first, as many as asked for', async () => {
    const store = await subject.store();
    for (const [id, ms] of [
      ['r1', 0],
      ['r3', 2],
      ['r2', 1],
    ] as const) {
      await store.createRenewal(aRenewal({ id, state: 'failed', createdAt: after(ms) }), {});
    }
    await store.createRenewal(aRenewal({ id: 'r4', certificate: 'mail' }), {});
    const ids = async (limit: number) => (await store.renewalsOf('shop', limit)).map((renewal) => renewal.id);
    expect(await ids(10)).toEqual(['r3', 'r2', 'r1']);
    expect(await ids(2)).toEqual(['r3', 'r2']);
  });

  test('open ones come oldest first', async () => {
    const store = await subject.store();
    for (const [index, state] of renewalStates.entries()) {
      const id = `r${String(100 - index)}`;
      await store.createRenewal(aRenewal({ id, certificate: id, state, createdAt: after(-index) }), {});
    }
    const open = (await store.openRenewals()).map((renewal) => renewal.state);
    expect(open).toEqual(renewalStates.filter((state) => !isTerminal(state)).toReversed());
  });

  test.each(renewalStates)('the newest issued one, when there is one in state %s', async (state) => {
    const store = await subject.store();
    const issued = { leafPem: 'leaf', keyId: 'key' };
    await store.createRenewal(aRenewal({ id: 'r1', state: 'served', ...issued }), {});
    await store.createRenewal(aRenewal({ id: 'r2', state, createdAt: after(1), ...issued }), {});
    const deployable = state === 'verified' || state === 'deployed' || state === 'served';
    expect((await store.newestIssued('shop'))?.id).toBe(deployable ? 'r2' : 'r1');
  });

  test('summaries tell the newest issued one of every certificate', async () => {
    const store = await subject.store();
    const issued = { state: 'served', leafPem: 'leaf', keyId: 'key', notAfter: after(1) } as const;
    for (const fields of [
      { id: 'r1', fingerprint256: 'aa' },
      { id: 'r2', fingerprint256: 'bb' },
      { id: 'r3', fingerprint256: 'cc', createdAt: after(-1) },
      { id: 'r4', fingerprint256: 'dd', certificate: 'mail', state: 'verified' as const },
      { id: 'r5', fingerprint256: 'ee', createdAt: after(5), state: 'failed' as const },
      { id: 'r6', fingerprint256: 'ff', certificate: 'blog', leafPem: null },
    ]) {
      await store.createRenewal(aRenewal({ ...issued, ...fields }), {});
    }
    const summaries = [...(await store.issuedSummaries())].sort((a, b) =>
      a.certificate < b.certificate ? -1 : 1,
    );
    const same = { notAfter: after(1), action: 'create', product: 'ssl123dv', updatedAt: noon };
    expect(summaries).toMatchObject([
      { certificate: 'mail', renewalId: 'r4', fingerprint256: 'dd', ...same },
      { certificate: 'shop', renewalId: 'r2', fingerprint256: 'bb', ...same },
    ]);
    expect((await store.newestIssued('shop'))?.id).toBe('r2');
  });

  test('an issuance by the schedule alone names the one before it', async () => {
    const store = await subject.store();
    const issued = {
      state: 'served',
      leafPem: 'L',
      keyId: 'k',
      fingerprint256: 'aa',
      notAfter: after(9),
    } as const;
    const rows: readonly [string, Partial<Renewal>, number | null][] = [
      ['twins', {}, 1],
      ['asked-for', { reason: 'requested' }, null],
      ['other-names', { names: ['other.example.com'] }, null],
      ['other-product', { product: 'other' }, null],
      ['other-provider', { provider: 'other' }, null],
      ['only-deployed', { action: 'deploy' }, null],
      ['not-issued', { leafPem: null }, null],
      ['new-key-type', { reason: 'key-type-changed' }, null],
    ];
    for (const [certificate, earlier] of rows) {
      const base = { certificate, ...issued, reason: 'due-reissue' };
      const first = { ...base, id: `${certificate}-1`, createdAt: after(1), ...earlier };
      await store.createRenewal(aRenewal(first), {});
      await store.createRenewal(aRenewal({ ...base, id: `${certificate}-2`, createdAt: after(2) }), {});
    }
    const found = new Map((await store.issuedSummaries()).map((one) => [one.certificate, one]));
    for (const [certificate, , twin] of rows) {
      expect([certificate, found.get(certificate)]).toMatchObject([
        certificate,
        { begunAt: after(2), twinBegunAt: twin === null ? null : after(twin) },
      ]);
      expect(await store.issuedSummaries(certificate)).toEqual([found.get(certificate)]);
    }
  });

  test('the newest issued one has a leaf and a key', async () => {
    const store = await subject.store();
    await store.createRenewal(aRenewal({ id: 'r1', state: 'served', leafPem: 'leaf' }), {});
    await store.createRenewal(aRenewal({ id: 'r2', state: 'served', keyId: 'key' }), {});
    expect(await store.newestIssued('shop')).toBeUndefined();
  });

  test.each(renewalStates)('an event about a renewal in state %s', async (state) => {
    const store = await subject.store();
    await store.createRenewal(aRenewal({ state, orderId: '17', nextAt: null }), {});
    expect(await store.makeDue('cnr', ['17'], after(5))).toBe(isTerminal(state) ? 0 : 1);
    expect((await store.renewal('r1'))?.nextAt).toEqual(isTerminal(state) ? null : after(5));
  });

  test('an event makes due by any of the ids, at its own provider, and changes no revision', async () => {
    const store = await subject.store();
    const later = after(60_000);
    for (const fields of [
      { id: 'order', orderId: '1' },
      { id: 'certificate', certificateId: '2' },
      { id: 'job', jobId: '3' },
      { id: 'unrelated', orderId: '4' },
      { id: 'elsewhere', orderId: '1', provider: 'other' },
    ]) {
      await store.createRenewal(aRenewal({ certificate: fields.id, nextAt: later, ...fields }), {});
    }
    expect(await store.makeDue('cnr', ['1', '2', '3'], noon)).toBe(3);
    const due = (await store.openRenewals()).filter(
      (renewal) => renewal.nextAt?.getTime() === noon.getTime(),
    );
    expect(due.map((renewal) => renewal.id).sort()).toEqual(['certificate', 'job', 'order']);
    await expect(store.updateRenewal('order', 1, { state: 'ordering' }, {}, noon)).resolves.toMatchObject({
      revision: 2,
    });
  });

  test('an event does not postpone what is due already', async () => {
    const store = await subject.store();
    await store.createRenewal(aRenewal({ orderId: '17', nextAt: noon }), {});
    expect(await store.makeDue('cnr', ['17'], after(5))).toBe(1);
    expect((await store.renewal('r1'))?.nextAt).toEqual(noon);
    expect(await store.makeDue('cnr', [], after(5))).toBe(0);
  });

  test('lists what is still to be discarded, oldest first, until it is done', async () => {
    const store = await subject.store();
    for (const [certificate, discard] of [
      ['b', 'due'],
      ['a', 'due'],
      ['c', 'done'],
      ['d', null],
    ] as const) {
      await store.createRenewal(aRenewal({ id: certificate, certificate, state: 'served', discard }), {});
    }
    await store.updateRenewal('a', 1, {}, {}, after(1));
    expect((await store.renewalsToDiscard()).map(({ id }) => id)).toEqual(['b', 'a']);
    await store.updateRenewal('b', 1, { discard: 'done' }, {}, after(2));
    expect((await store.renewalsToDiscard()).map(({ id }) => id)).toEqual(['a']);
  });
}
