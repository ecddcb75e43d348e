/** The flows that faults are injected into: each verb, each reseller, each way of proof. */
import type { Scenario } from './everywhere.ts';

const endingSoon = { daysLeft: 12, paidDays: 180 };
const orderEndingToo = { daysLeft: 6, paidDays: 8 };
const byFile = { method: 'file', publisher: 'web' } as const;

export const firstOrder: Scenario = {
  title: 'a first order at InterNetX, proved by a file',
  wanted: { name: 'blog', provider: 'inx', dcv: byFile },
  action: 'create',
  paid: 1,
};

export const reissue: Scenario = {
  title: 'a reissue at RRPproxy, proved by DNS',
  wanted: { name: 'shop' },
  seed: { name: 'shop', ...endingSoon },
  action: 'reissue',
  paid: 0,
};

export const renewal: Scenario = {
  title: 'a renewal at RRPproxy for two directories',
  wanted: { name: 'mail', targets: 2 },
  seed: { name: 'mail', ...orderEndingToo },
  action: 'renew',
  paid: 1,
};

/** Where only the resellers' side is of interest. */
export const others: readonly Scenario[] = [
  { title: 'a first order at RRPproxy', wanted: { name: 'new' }, action: 'create', paid: 1 },
  {
    title: 'a reissue at InterNetX',
    wanted: { name: 'wiki', provider: 'inx' },
    seed: { name: 'wiki', provider: 'inx', ...endingSoon },
    action: 'reissue',
    paid: 0,
  },
  {
    title: 'a renewal at InterNetX, proved by a file',
    wanted: { name: 'docs', provider: 'inx', dcv: byFile },
    seed: { name: 'docs', provider: 'inx', dcvMethod: 'file', ...orderEndingToo },
    action: 'renew',
    paid: 1,
  },
];
