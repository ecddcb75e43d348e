/** Tables revocations, compromised_keys and revocations_due. */
import { RenewdError } from '../../core/errors.ts';
import {
  revocationDueStates,
  type CompromisedKey,
  type RevocationDue,
  type RevocationRecord,
} from '../../core/revocation.ts';
import type { Renewal } from '../../core/renewal.ts';
import type { Connection, Row } from './connection.ts';
import { toRenewal } from './renewal-row.ts';
import { RowReader } from './row-reader.ts';
import { inOrder, insertSql, moment, momentOrNull, replaceSql, type Values } from './values.ts';

const statuses: readonly RevocationRecord['status'][] = ['good', 'revoked', 'unknown'];

const columns = [
  'fingerprint256',
  'certificate',
  'status',
  'reason',
  'revoked_at',
  'source',
  'detail',
  'checked_at',
  'answered_at',
  'next_at',
  'not_after',
] as const;
const upsert = `${insertSql('revocations', columns)} ON CONFLICT (fingerprint256) DO UPDATE SET ${replaceSql(columns.slice(1))}`;

const keyColumns = ['spki_sha256', 'certificate', 'at', 'reported_by'] as const;
const insertKey = `${insertSql('compromised_keys', keyColumns)} ON CONFLICT (spki_sha256) DO NOTHING`;

const dueColumns = [
  'fingerprint256',
  'spki_sha256',
  'certificate',
  'provider',
  'order_id',
  'certificate_id',
  'serial_hex',
  'not_after',
  'state',
  'at',
  'requested_by',
  'attempts',
  'detail',
  'next_at',
] as const;
const insertDue = `${insertSql('revocations_due', dueColumns)} ON CONFLICT (fingerprint256) DO NOTHING`;
const updateDue = `UPDATE revocations_due SET ${dueColumns.map((column) => `${column} = ?`).join(', ')} WHERE fingerprint256 = ?`;

export function readRevocations(connection: Connection): readonly RevocationRecord[] {
  return connection.all('SELECT * FROM revocations ORDER BY fingerprint256').map(toRecord);
}

export function writeRevocations(connection: Connection, records: readonly RevocationRecord[]): void {
  for (const record of records) connection.runInOrder(upsert, inOrder(columns, toValues(record)));
  const newest = records.reduce((latest, { checkedAt }) => Math.max(latest, checkedAt.getTime()), 0);
  connection.run('DELETE FROM revocations WHERE not_after < :newest', { newest });
}

export function readCompromisedKeys(connection: Connection): readonly CompromisedKey[] {
  return connection.all('SELECT * FROM compromised_keys ORDER BY at, spki_sha256').map((row) => {
    const reader = new RowReader('compromised_keys', 'spki_sha256', row);
    return {
      spkiSha256: reader.text('spki_sha256'),
      certificate: reader.text('certificate'),
      at: reader.date('at'),
      by: reader.text('reported_by'),
    };
  });
}

export function insertCompromisedKey(connection: Connection, key: CompromisedKey): void {
  const { spkiSha256, certificate, at, by } = key;
  const values = { spki_sha256: spkiSha256, certificate, at: moment(at), reported_by: by };
  connection.runInOrder(insertKey, inOrder(keyColumns, values));
}

export function readRevocationsDue(connection: Connection): readonly RevocationDue[] {
  return connection.all('SELECT * FROM revocations_due ORDER BY at, fingerprint256').map(toDue);
}

/** What is there already stays. */
export function insertRevocationsDue(connection: Connection, rows: readonly RevocationDue[]): void {
  for (const due of rows) connection.runInOrder(insertDue, inOrder(dueColumns, dueValues(due)));
}

export function replaceRevocationDue(connection: Connection, due: RevocationDue): void {
  const changed = connection.runInOrder(updateDue, [
    ...inOrder(dueColumns, dueValues(due)),
    due.fingerprint256,
  ]);
  if (changed === 1) return;
  throw new RenewdError('store-conflict', `no revocation of ${due.fingerprint256} is due`);
}

export function readIssuedWithKey(connection: Connection, spkiSha256: string): readonly Renewal[] {
  return connection
    .all(
      'SELECT * FROM renewals WHERE spki_sha256 = :spkiSha256 AND leaf_pem IS NOT NULL ORDER BY created_at, id',
      { spkiSha256 },
    )
    .map(toRenewal);
}

function toValues(record: RevocationRecord): Values<(typeof columns)[number]> {
  return {
    fingerprint256: record.fingerprint256,
    certificate: record.certificate,
    status: record.status,
    reason: record.reason,
    revoked_at: momentOrNull(record.revokedAt),
    source: record.source,
    detail: record.detail,
    checked_at: moment(record.checkedAt),
    answered_at: momentOrNull(record.answeredAt),
    next_at: moment(record.nextAt),
    not_after: moment(record.notAfter),
  };
}

function toRecord(row: Row): RevocationRecord {
  const reader = new RowReader('revocations', 'fingerprint256', row);
  return {
    fingerprint256: reader.text('fingerprint256'),
    certificate: reader.text('certificate'),
    status: reader.oneOf('status', statuses),
    reason: reader.textOrNull('reason'),
    revokedAt: reader.dateOrNull('revoked_at'),
    source: reader.textOrNull('source'),
    detail: reader.text('detail'),
    checkedAt: reader.date('checked_at'),
    answeredAt: reader.dateOrNull('answered_at'),
    nextAt: reader.date('next_at'),
    notAfter: reader.date('not_after'),
  };
}

function dueValues(due: RevocationDue): Values<(typeof dueColumns)[number]> {
  return {
    fingerprint256: due.fingerprint256,
    spki_sha256: due.spkiSha256,
    certificate: due.certificate,
    provider: due.provider,
    order_id: due.orderId,
    certificate_id: due.certificateId,
    serial_hex: due.serialHex,
    not_after: moment(due.notAfter),
    state: due.state,
    at: moment(due.at),
    requested_by: due.by,
    attempts: due.attempts,
    detail: due.detail,
    next_at: momentOrNull(due.nextAt),
  };
}

function toDue(row: Row): RevocationDue {
  const reader = new RowReader('revocations_due', 'fingerprint256', row);
  return {
    fingerprint256: reader.text('fingerprint256'),
    spkiSha256: reader.text('spki_sha256'),
    certificate: reader.text('certificate'),
    provider: reader.text('provider'),
    orderId: reader.textOrNull('order_id'),
    certificateId: reader.textOrNull('certificate_id'),
    serialHex: reader.text('serial_hex'),
    notAfter: reader.date('not_after'),
    state: reader.oneOf('state', revocationDueStates),
    at: reader.date('at'),
    by: reader.text('requested_by'),
    attempts: reader.integer('attempts'),
    detail: reader.textOrNull('detail'),
    nextAt: reader.dateOrNull('next_at'),
  };
}
