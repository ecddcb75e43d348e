import { expect, test } from 'vitest';
import { after, noon } from '../../builders/store-records.ts';
import type { StoreUnderTest } from '../store.ts';

export function leaseTests(subject: StoreUnderTest): void {
  test('are held until they run out', async () => {
    const store = await subject.store();
    expect(await store.leaseHolder('daemon', noon)).toBeUndefined();
    expect(await store.acquireLease('daemon', 'a', 1000, noon)).toBe(true);
    expect(await store.acquireLease('daemon', 'b', 1000, after(999))).toBe(false);
    expect(await store.leaseHolder('daemon', after(999))).toBe('a');
    expect(await store.leaseHolder('daemon', after(1000))).toBeUndefined();
    expect(await store.acquireLease('daemon', 'b', 1000, after(1000))).toBe(true);
    expect(await store.leaseHolder('daemon', after(1000))).toBe('b');
    expect(await store.acquireLease('daemon', 'a', 1000, after(1001))).toBe(false);
  });

  test('are prolonged by their holder', async () => {
    const store = await subject.store();
    await store.acquireLease('daemon', 'a', 1000, noon);
    expect(await store.acquireLease('daemon', 'a', 1000, after(900))).toBe(true);
    expect(await store.acquireLease('daemon', 'b', 1000, after(1899))).toBe(false);
    expect(await store.acquireLease('daemon', 'b', 1000, after(1900))).toBe(true);
  });

  test('are given back only by their holder', async () => {
    const store = await subject.store();
    await store.acquireLease('daemon', 'a', 1000, noon);
    await store.releaseLease('daemon', 'b');
    expect(await store.leaseHolder('daemon', noon)).toBe('a');
    await store.releaseLease('daemon', 'a');
    await store.releaseLease('daemon', 'a');
    expect(await store.acquireLease('daemon', 'b', 1000, noon)).toBe(true);
  });

  test('of different names do not disturb each other', async () => {
    const store = await subject.store();
    expect(await store.acquireLease('daemon', 'a', 1000, noon)).toBe(true);
    expect(await store.acquireLease('renewal:r1', 'b', 1000, noon)).toBe(true);
  });
}
