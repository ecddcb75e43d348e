/** Table receipts: sealed and appended within the transaction that makes a renewal `served`. Triggers refuse all else. */
import type { ReceiptQuery } from '../../contracts/store.ts';
import { sealReceipt, type ReceiptContent, type SealedReceipt } from '../../core/receipt.ts';
import type { Connection, Row } from './connection.ts';
import { RowReader } from './row-reader.ts';
import { inOrder, insertSql } from './values.ts';

const columns = ['sequence', 'certificate', 'renewal_id', 'content', 'hash'] as const;

const insert = insertSql('receipts', columns);

/** To be called within a write transaction, so that nobody else takes the same place in the chain. */
export function appendReceipt(connection: Connection, content: ReceiptContent): void {
  const row = connection.get('SELECT * FROM receipts ORDER BY sequence DESC LIMIT 1');
  const receipt = sealReceipt(content, row === undefined ? undefined : toReceipt(row));
  connection.runInOrder(
    insert,
    inOrder(columns, {
      sequence: receipt.sequence,
      certificate: receipt.certificate,
      renewal_id: receipt.renewalId,
      content: receipt.content,
      hash: receipt.hash,
    }),
  );
}

export function readReceipts(connection: Connection, query: ReceiptQuery): readonly SealedReceipt[] {
  return connection
    .all('SELECT * FROM receipts WHERE sequence > :after ORDER BY sequence LIMIT :limit', {
      after: query.afterSequence ?? Number.MIN_SAFE_INTEGER,
      limit: query.limit,
    })
    .map(toReceipt);
}

export function readReceiptOf(connection: Connection, renewalId: string): SealedReceipt | undefined {
  const row = connection.get('SELECT * FROM receipts WHERE renewal_id = :renewalId', { renewalId });
  return row === undefined ? undefined : toReceipt(row);
}

export function readNewestReceipt(connection: Connection, certificate: string): SealedReceipt | undefined {
  const row = connection.get(
    'SELECT * FROM receipts WHERE certificate = :certificate ORDER BY sequence DESC LIMIT 1',
    { certificate },
  );
  return row === undefined ? undefined : toReceipt(row);
}

function toReceipt(row: Row): SealedReceipt {
  const reader = new RowReader('receipts', 'sequence', row);
  return {
    sequence: reader.integer('sequence'),
    certificate: reader.text('certificate'),
    renewalId: reader.text('renewal_id'),
    content: reader.text('content'),
    hash: reader.text('hash'),
  };
}
