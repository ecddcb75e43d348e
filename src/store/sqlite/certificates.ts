/** Table certificates: what is remembered per managed certificate. */
import type { CertificateRecord } from '../../contracts/store.ts';
import type { Connection, Row } from './connection.ts';
import { RowReader } from './row-reader.ts';
import { flagOrNull, inOrder, insertSql, momentOrNull, replaceSql, type Values } from './values.ts';

const columns = [
  'name',
  'jitter',
  'jitter_fingerprint',
  'provider',
  'product',
  'order_id',
  'certificate_id',
  'paid_until',
  'order_read_at',
  'failures',
  'last_failure_at',
  'served_matches',
  'served_checked_at',
] as const;

const upsert = `${insertSql('certificates', columns)} ON CONFLICT (name) DO UPDATE SET ${replaceSql(columns.slice(1))}`;

export function readCertificates(connection: Connection): readonly CertificateRecord[] {
  return connection.all('SELECT * FROM certificates ORDER BY name').map(toRecord);
}

export function readCertificate(connection: Connection, name: string): CertificateRecord | undefined {
  const row = connection.get('SELECT * FROM certificates WHERE name = :name', { name });
  return row === undefined ? undefined : toRecord(row);
}

export function writeCertificate(connection: Connection, record: CertificateRecord): void {
  connection.runInOrder(upsert, inOrder(columns, toValues(record)));
}

function toValues(record: CertificateRecord): Values<(typeof columns)[number]> {
  return {
    name: record.name,
    jitter: record.jitter,
    jitter_fingerprint: record.jitterFingerprint,
    provider: record.provider,
    product: record.product,
    order_id: record.orderId,
    certificate_id: record.certificateId,
    paid_until: momentOrNull(record.paidUntil),
    order_read_at: momentOrNull(record.orderReadAt),
    failures: record.failures,
    last_failure_at: momentOrNull(record.lastFailureAt),
    served_matches: flagOrNull(record.servedMatches),
    served_checked_at: momentOrNull(record.servedCheckedAt),
  };
}

function toRecord(row: Row): CertificateRecord {
  const reader = new RowReader('certificates', 'name', row);
  return {
    name: reader.text('name'),
    jitter: reader.number('jitter'),
    jitterFingerprint: reader.textOrNull('jitter_fingerprint'),
    provider: reader.textOrNull('provider'),
    product: reader.textOrNull('product'),
    orderId: reader.textOrNull('order_id'),
    certificateId: reader.textOrNull('certificate_id'),
    paidUntil: reader.dateOrNull('paid_until'),
    orderReadAt: reader.dateOrNull('order_read_at'),
    failures: reader.integer('failures'),
    lastFailureAt: reader.dateOrNull('last_failure_at'),
    servedMatches: reader.booleanOrNull('served_matches'),
    servedCheckedAt: reader.dateOrNull('served_checked_at'),
  };
}
