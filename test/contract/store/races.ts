import { expect, test } from 'vitest';
import { aRenewal } from '../../builders/store-records.ts';
import type { StoreUnderTest } from '../store.ts';
import { contested } from './child.ts';
import { race } from './children.ts';

export function raceTests(subject: StoreUnderTest): void {
  test('that begin a new store and want the same renewals: each is begun once', async () => {
    const winners = await race(subject, 'race', 3);
    expect(winners.flat().sort()).toEqual([...contested].sort());
    const store = await subject.store();
    expect((await store.openRenewals()).map((renewal) => renewal.certificate).sort()).toEqual(
      [...contested].sort(),
    );
    expect(await store.ledger({ limit: 1000 })).toHaveLength(contested.length);
  });

  test('that change the same renewal lose no change', async () => {
    const store = await subject.store();
    await store.createRenewal(aRenewal(), {});
    await race(subject, 'increment', 2);
    expect(await store.renewal('r1')).toMatchObject({ attempts: 100, revision: 101 });
  });

  test('that want a lease: one gets it', async () => {
    expect((await race(subject, 'lease', 3)).flat()).toEqual(['mine']);
  });
}
