import { expect, test } from 'vitest';
import { anEvent, after } from '../../builders/store-records.ts';
import type { StoreUnderTest } from '../store.ts';

export function eventTests(subject: StoreUnderTest): void {
  test('are stored once, however often they are delivered', async () => {
    const store = await subject.store();
    const elsewhere = anEvent({ provider: 'other' });
    expect(await store.saveEvents([anEvent(), anEvent(), elsewhere])).toEqual([anEvent(), elsewhere]);
    expect(await store.saveEvents([anEvent({ raw: 'delivered again' }), anEvent({ eventId: 'e2' })])).toEqual(
      [anEvent({ eventId: 'e2' })],
    );
    expect(await store.unacknowledgedEvents('cnr')).toEqual([anEvent(), anEvent({ eventId: 'e2' })]);
    expect(await store.saveEvents([])).toEqual([]);
  });

  test('an acknowledged one stays known', async () => {
    const store = await subject.store();
    await store.saveEvents([anEvent()]);
    await store.markEventAcknowledged('cnr', 'e1', after(1));
    await store.markEventAcknowledged('cnr', 'e1', after(2));
    await store.markEventAcknowledged('cnr', 'unknown', after(2));
    expect(await store.unacknowledgedEvents('cnr')).toEqual([]);
    expect(await store.saveEvents([anEvent()])).toEqual([]);
  });
}
