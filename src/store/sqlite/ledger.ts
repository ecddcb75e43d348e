/** Table ledger: what was done, in order, for good. Triggers refuse every change of a written row. */
import type {
  LedgerEntry,
  LedgerKind,
  LedgerQuery,
  StoredLedgerEntry,
  SpentSince,
} from '../../contracts/store.ts';
import type { Connection, Row } from './connection.ts';
import { readMoney } from './renewal-row.ts';
import { RowReader } from './row-reader.ts';
import { boundedJson, flag, inOrder, insertSql, moment, type Values } from './values.ts';

const columns = [
  'at',
  'certificate',
  'renewal_id',
  'kind',
  'subject',
  'text',
  'provider',
  'charged_hundredths',
  'charged_currency',
  'paid',
  'detail',
] as const;

const kinds: readonly LedgerKind[] = ['intent', 'outcome', 'transition', 'note'];

const insert = insertSql('ledger', columns);

export function insertLedger(connection: Connection, entries: readonly LedgerEntry[]): void {
  for (const entry of entries) connection.runInOrder(insert, inOrder(columns, toValues(entry)));
}

export function readLedger(connection: Connection, query: LedgerQuery): readonly StoredLedgerEntry[] {
  const conditions = ['sequence > :after'];
  const parameters: Record<string, string | number> = { after: query.afterSequence ?? 0, limit: query.limit };
  if (query.certificate !== undefined) {
    conditions.push('certificate = :certificate');
    parameters['certificate'] = query.certificate;
  }
  if (query.renewalId !== undefined) {
    conditions.push('renewal_id = :renewalId');
    parameters['renewalId'] = query.renewalId;
  }
  if (query.beforeSequence !== undefined) {
    conditions.push('sequence < :before');
    parameters['before'] = query.beforeSequence;
  }
  const order = query.newestFirst === true ? 'DESC' : 'ASC';
  return connection
    .all(
      `SELECT * FROM ledger WHERE ${conditions.join(' AND ')} ORDER BY sequence ${order} LIMIT :limit`,
      parameters,
    )
    .map(toEntry);
}

/**
 * What was taken back: an order was proved not to be placed, and with it everything since the renewal's intent before that
 * counts nothing. By the intent, not by the time of the proof: what counted last month is no credit for this one.
 */
const takenBack = (whose: string): string => `
  SELECT DISTINCT entry.sequence, entry.kind, entry.paid, entry.charged_hundredths
  FROM ledger AS proof JOIN ledger AS entry ON entry.renewal_id = proof.renewal_id
    AND entry.sequence <= proof.sequence
    AND entry.sequence >= coalesce((SELECT max(sequence) FROM ledger AS intent
      WHERE intent.renewal_id = proof.renewal_id AND intent.sequence < proof.sequence
      AND intent.kind = 'intent' AND intent.paid = 1), proof.sequence)
  WHERE ${whose} AND proof.at >= :since AND proof.paid = 1 AND proof.kind = 'outcome' AND entry.at >= :since`;

/** Sums of one provider come from covering indexes; `since` itself counts. */
export function readSpent(connection: Connection, provider: string | null, since: Date): SpentSince {
  const whose = provider === null ? 'true' : 'provider = :provider';
  const parameters = { since: moment(since), ...(provider === null ? {} : { provider }) };
  const row = connection.get(
    `WITH void AS MATERIALIZED (${takenBack(provider === null ? 'true' : 'proof.provider = :provider')}) SELECT
       (SELECT count(*) FROM ledger WHERE ${whose} AND at >= :since AND paid = 1 AND kind = 'intent')
       - (SELECT count(*) FROM void WHERE paid = 1 AND kind = 'intent') AS orders,
       (SELECT coalesce(sum(charged_hundredths), 0) FROM ledger
        WHERE ${whose} AND at >= :since AND charged_hundredths IS NOT NULL)
       - (SELECT coalesce(sum(charged_hundredths), 0) FROM void) AS hundredths`,
    parameters,
  );
  const currencies = connection
    .all(
      `SELECT DISTINCT charged_currency AS currency FROM ledger
       WHERE ${whose} AND at >= :since AND charged_hundredths IS NOT NULL ORDER BY currency`,
      parameters,
    )
    .map((one) => new RowReader('ledger', 'currency', one).text('currency'));
  const reader = new RowReader('ledger', 'orders', row ?? {});
  return { orders: reader.integer('orders'), hundredths: reader.integer('hundredths'), currencies };
}

function toValues(entry: LedgerEntry): Values<(typeof columns)[number]> {
  return {
    at: moment(entry.at),
    certificate: entry.certificate,
    renewal_id: entry.renewalId,
    kind: entry.kind,
    subject: entry.subject,
    text: entry.text,
    provider: entry.provider,
    charged_hundredths: entry.charged?.hundredths ?? null,
    charged_currency: entry.charged?.currency ?? null,
    paid: flag(entry.paid),
    detail: boundedJson(entry.detail),
  };
}

function toEntry(row: Row): StoredLedgerEntry {
  const reader = new RowReader('ledger', 'sequence', row);
  return {
    sequence: reader.integer('sequence'),
    at: reader.date('at'),
    certificate: reader.text('certificate'),
    renewalId: reader.textOrNull('renewal_id'),
    kind: reader.oneOf('kind', kinds),
    subject: reader.text('subject'),
    text: reader.text('text'),
    provider: reader.textOrNull('provider'),
    charged: readMoney(reader, 'charged'),
    paid: reader.boolean('paid'),
    detail: reader.object('detail'),
  };
}
