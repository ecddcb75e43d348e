/**
 * The CA's word about revocation, as renewd asks for it: what was revoked stands in the list some hours later, and now and
 * then the list cannot be had. Bytes of lists and their signatures are read in other tests (test/unit/revocation).
 */
import { X509Certificate } from 'node:crypto';
import type { Clock } from '../../src/contracts/platform.ts';
import type { RevocationAnswer, RevocationReader } from '../../src/contracts/revocation.ts';
import { hourMs } from '../../src/core/durations.ts';
import type { Chance } from './chance.ts';
import type { Journal } from './journal.ts';
import type { Market } from './vendors.ts';

/** Between a revocation and the list that has it. */
export const listDelayMs = 6 * hourMs;
/** Between two looks at one certificate. */
export const looksEveryMs = 48 * hourMs;

const source = 'http://crl.example.test/1.crl';
const absence = 0.05;

export function createRevocationList(
  { revokedAtMs }: Pick<Market, 'revokedAtMs'>,
  clock: Clock,
  chance: Chance,
  journal: Journal,
): RevocationReader {
  return {
    async look({ pems: [pem] }): Promise<RevocationAnswer> {
      await clock.sleep(20 + chance.between(0, 200));
      const unknown = { reason: null, revokedAt: null, offered: true } as const;
      if (pem === undefined || chance.happens(absence)) {
        journal.fault('revocation list', 'not there');
        return { ...unknown, status: 'unknown', source: null, detail: 'the list cannot be had' };
      }
      const serial = new X509Certificate(pem).serialNumber.toUpperCase();
      const atMs = revokedAtMs.get(serial);
      if (atMs === undefined || atMs + listDelayMs > clock.now().getTime())
        return { ...unknown, status: 'good', source, detail: 'not in the list' };
      const revokedAt = new Date(atMs);
      return { status: 'revoked', reason: null, revokedAt, source, detail: 'in the list', offered: true };
    },
  };
}
