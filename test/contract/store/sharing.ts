import { expect, test } from 'vitest';
import { aCertificate, aLedgerEntry, aRenewal, aRequest, after, noon } from '../../builders/store-records.ts';
import type { StoreUnderTest } from '../store.ts';

export function sharingTests(subject: StoreUnderTest): void {
  test('see what the other wrote, and stand in its way', async () => {
    const [daemon, cli] = [await subject.store(), await subject.another()];
    await daemon.createRenewal(aRenewal(), {});
    expect(await cli.createRenewal(aRenewal({ id: 'r2' }), {})).toBe(false);
    await cli.updateRenewal('r1', 1, { state: 'blocked' }, {}, after(1));
    await expect(daemon.updateRenewal('r1', 1, { state: 'ordering' }, {}, after(2))).rejects.toMatchObject({
      code: 'store-conflict',
    });
    expect(await daemon.acquireLease('daemon', 'a', 1000, noon)).toBe(true);
    expect(await cli.acquireLease('daemon', 'b', 1000, noon)).toBe(false);
    expect(await cli.leaseHolder('daemon', noon)).toBe('a');
  });

  test('the change counter tells of the others, not of oneself', async () => {
    const [daemon, cli] = [await subject.store(), await subject.another()];
    const start = await daemon.foreignChangeCounter();
    await daemon.saveCertificates([aCertificate()]);
    expect(await daemon.foreignChangeCounter()).toBe(start);
    await cli.certificates();
    expect(await daemon.foreignChangeCounter()).toBe(start);
    await cli.addRequest(aRequest());
    const changed = await daemon.foreignChangeCounter();
    expect(changed).not.toBe(start);
    expect(await daemon.foreignChangeCounter()).toBe(changed);
  });

  test('what one stored is there when it is opened again', async () => {
    const first = await subject.another();
    await first.createRenewal(aRenewal({ sentence: 'Grüße, 証明書' }), { ledger: [aLedgerEntry()] });
    await first.close();
    await first.close();
    await expect(first.certificates()).rejects.toMatchObject({ code: 'store-failed' });
    const second = await subject.another();
    expect(await second.renewal('r1')).toEqual(aRenewal({ sentence: 'Grüße, 証明書' }));
    expect(await second.ledger({ limit: 10 })).toHaveLength(1);
  });
}
