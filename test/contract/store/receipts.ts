import { expect, test } from 'vitest';
import { createChainCheck } from '../../../src/audit/chain.ts';
import type { Store } from '../../../src/contracts/store.ts';
import { sealReceipt, type ReceiptContent, type SealedReceipt } from '../../../src/core/receipt.ts';
import { numbered } from '../../builders/receipts.ts';
import { aRenewal, after } from '../../builders/store-records.ts';
import type { StoreUnderTest } from '../store.ts';
import { contested } from './child.ts';
import { race } from './children.ts';

/** A renewal that ends as served, with its receipt. */
async function served(store: Store, content: ReceiptContent): Promise<void> {
  const { certificate, renewal } = content;
  await store.createRenewal(aRenewal({ id: renewal.id, certificate }), {});
  await store.updateRenewal(renewal.id, 1, { state: 'served', nextAt: null }, { receipt: content }, after(1));
}

function expectWhole(rows: readonly SealedReceipt[]): void {
  const check = createChainCheck();
  for (const row of rows) expect(check.next(row)).not.toHaveProperty('break');
}

export function receiptTests(subject: StoreUnderTest): void {
  test('follow one another over all certificates, exactly as they are sealed', async () => {
    const store = await subject.store();
    const expected: SealedReceipt[] = [];
    for (const [index, certificate] of ['shop', 'mail', 'shop'].entries()) {
      const content = numbered(index + 1, { certificate });
      await served(store, content);
      expected.push(sealReceipt(content, expected.at(-1)));
    }
    expect(await store.receipts({ limit: 10 })).toEqual(expected);
    expectWhole(expected);
    expect(await store.receipts({ limit: 2 })).toEqual(expected.slice(0, 2));
    expect(await store.receipts({ afterSequence: 2, limit: 2 })).toEqual(expected.slice(2));
    expect(await store.newestReceipt('shop')).toEqual(expected[2]);
    expect(await store.newestReceipt('mail')).toEqual(expected[1]);
    expect(await store.newestReceipt('none')).toBeUndefined();
    expect(await store.receiptOf('r2')).toEqual(expected[1]);
    expect(await store.receiptOf('r9')).toBeUndefined();
  });

  test('there is one for a renewal: a second is refused, with the change it came with', async () => {
    const store = await subject.store();
    await store.createRenewal(aRenewal(), {});
    await store.updateRenewal('r1', 1, { attempts: 1 }, { receipt: numbered(1) }, after(1));
    const again = store.updateRenewal('r1', 2, { attempts: 2 }, { receipt: numbered(1) }, after(2));
    await expect(again).rejects.toMatchObject({ name: 'RenewdError' });
    expect(await store.renewal('r1')).toMatchObject({ attempts: 1, revision: 2 });
    expect(await store.receipts({ limit: 10 })).toHaveLength(1);
  });

  test('a change that comes second leaves none', async () => {
    const store = await subject.store();
    await store.createRenewal(aRenewal(), {});
    await store.updateRenewal('r1', 1, { attempts: 1 }, {}, after(1));
    const late = store.updateRenewal('r1', 1, { state: 'served' }, { receipt: numbered(1) }, after(2));
    await expect(late).rejects.toMatchObject({ code: 'store-conflict' });
    expect(await store.receipts({ limit: 10 })).toEqual([]);
  });

  test('written by several processes at once they form one chain', async () => {
    await subject.store();
    const ids = (await race(subject, 'receipts', 3)).flat();
    const rows = await (await subject.store()).receipts({ limit: 1000 });
    expect(rows.map(({ renewalId }) => renewalId).toSorted()).toEqual(ids.toSorted());
    expect(rows).toHaveLength(3 * contested.length);
    expectWhole(rows);
  });
}
