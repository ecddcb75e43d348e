import { expect, test } from 'vitest';
import type { StoreUnderTest } from '../store.ts';
import { Child } from './children.ts';

export function crashTests(subject: StoreUnderTest): void {
  test('what was reported as stored survives kill -9, whole', async () => {
    let least = 0;
    for (const commits of [1, 20, 150]) {
      const child = new Child(subject, 'commit');
      await child.said(1);
      child.begin();
      await child.said(1 + commits);
      child.kill();
      expect(await child.end()).toBeNull();
      const acknowledged = Number(child.lines.at(-1));
      expect(acknowledged).toBeGreaterThanOrEqual(least + commits);

      const store = await subject.another();
      const renewal = await store.renewal('r1');
      const ledger = await store.ledger({ limit: 100_000 });
      // The last commit may have been done and not yet reported.
      expect([acknowledged, acknowledged + 1]).toContain(renewal?.revision);
      expect(ledger.map((entry) => Number(entry.text))).toEqual(
        Array.from({ length: (renewal?.revision ?? 0) - 1 }, (_, n) => n + 2),
      );
      await store.close();
      least = acknowledged;
    }
  });
}
