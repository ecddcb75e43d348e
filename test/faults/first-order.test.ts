import { expect, test } from 'vitest';
import { injureAll, type Scenario } from './everywhere.ts';

const scenario: Scenario = {
  title: 'a first order, proved by a file',
  wanted: { name: 'blog', provider: 'inx', dcv: { method: 'file', publisher: 'web' } },
  action: 'create',
  paid: 1,
};

test.each(['crashed', 'failed', 'unanswered'] as const)(
  `${scenario.title}: every call %s`,
  { timeout: 120_000 },
  async (injury) => {
    const t = performance.now();
    const { runs, troubles } = await injureAll(scenario, injury);
    console.log(injury, runs, performance.now() - t);
    expect(troubles.map((x) => x.slice(0, 3500))).toEqual([]);
    expect(runs).toBeGreaterThan(0);
  },
);
