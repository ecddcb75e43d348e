/** Resellers whose answers are no answers: slow, endless, huge, elsewhere, HTML, cut off; at each reseller's client. */
import { createServer } from 'node:http';
import { afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Fault } from '../../src/sandbox/contract.ts';
import { paidOrders } from '../builders/assert-world.ts';
import type { ProviderName } from '../builders/accounts.ts';
import { createWorld, type World } from '../builders/world.ts';
import {
  besiege,
  expectCleanLogs,
  expectUntouched,
  failureOf,
  good,
  march,
  mebibyte,
  memoryPeak,
  shortenDeadlines,
  stateOf,
  timeUntilGood,
  vendorOf,
} from './kit.ts';

/** Every client of ours is once among the hostile. */
const sieges: readonly { readonly hostile: readonly ProviderName[]; readonly goodProvider: ProviderName }[] = [
  { hostile: ['cnr', 'hx', 'epp', 'rs'], goodProvider: 'inx' },
  { hostile: ['inx', 'xml'], goodProvider: 'cnr' },
];

interface Behaviour {
  readonly name: string;
  readonly fault: (elsewhere: string) => Omit<Fault, 'vendor'>;
  readonly codes: readonly string[];
  /** Over EPP, where it is something else or nothing. */
  readonly epp?: readonly string[];
}

const behaviours: readonly Behaviour[] = [];
void behaviours;
