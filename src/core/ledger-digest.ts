/** A digest over entries of the ledger, in their order: what a receipt says about the history that led to it. */
import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { Money } from './money.ts';

/** An entry as the store gives it. */
export interface DigestedEntry {
  readonly sequence: number;
  readonly at: Date;
  readonly certificate: string;
  readonly renewalId: string | null;
  readonly kind: string;
  readonly subject: string;
  readonly text: string;
  readonly provider: string | null;
  readonly charged: Money | null;
  readonly paid: boolean;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface LedgerDigest {
  readonly entries: number;
  add(entry: DigestedEntry): void;
  /** SHA-256 over one line of canonical JSON for each entry, lower-case hex. Nothing may be added afterwards. */
  finish(): string;
}

export function createLedgerDigest(): LedgerDigest {
  const sum = createHash('sha256');
  let entries = 0;
  return {
    get entries() {
      return entries;
    },
    add({ sequence, at, certificate, renewalId, kind, subject, text, provider, charged, paid, detail }) {
      entries += 1;
      const line = {
        sequence,
        at: at.toISOString(),
        certificate,
        renewalId,
        kind,
        subject,
        text,
        provider,
        charged: charged === null ? null : { hundredths: charged.hundredths, currency: charged.currency },
        paid,
        detail,
      };
      sum.update(`${canonicalJson(line)}\n`);
    },
    finish: () => sum.digest('hex'),
  };
}
