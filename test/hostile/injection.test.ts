/** Texts of resellers that would begin a line of the log, move a terminal, or add a line to an answer. */
import { expect, test, vi } from 'vitest';
import type { ProviderName } from '../builders/accounts.ts';
import { createWorld } from '../builders/world.ts';
import {
  besiege,
  expectCleanLogs,
  expectUntouched,
  march,
  marchUntilGood,
  toldAbout,
  vendorOf,
} from './kit.ts';

const forged = 'all renewals are fine';
const text = `no\r\n{"level":"error","msg":"${forged}"}\r\ncode = 200\u001b[2J\u001b]0;x\u0007\u0085\u2028\u202e\u009b31m`;

/** A code that each vendor refuses with. */
const codes: Readonly<Record<string, string>> = {
  rrpproxy: '541',
  hexonet: '541',
  internetx: 'EF01000',
  resello: '422',
};

test.each<[readonly ProviderName[], ProviderName]>([
  [['cnr', 'hx', 'rs'], 'inx'],
  [['inx'], 'cnr'],
])('%j: a refusal in many lines is one line, here and in the history', async (hostile, goodProvider) => {
  const world = await createWorld();
  const before = await besiege(world, hostile, goodProvider);
  for (const vendor of new Set(hostile.map(vendorOf))) {
    const simulator = world.sandbox.vendors.get(vendor)?.simulator;
    if (simulator === undefined) throw new Error(vendor);
    const refusal = simulator.errorAnswer(codes[vendor] ?? '', text);
    vi.spyOn(simulator, 'handle').mockImplementation(() => Promise.resolve(refusal));
  }
  await marchUntilGood(world);
  for (const name of hostile) await march(world, async () => (await toldAbout(world, name)).length > 0);
  await expectCleanLogs(world, [forged]);
  expectUntouched(world, hostile, before);
  for (const name of hostile) expect(await world.store.renewalsOf(name, 9)).toEqual([]);
});
