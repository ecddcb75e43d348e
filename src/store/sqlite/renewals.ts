/** Table renewals: one row per renewal, guarded by its revision. */
import type { IssuedSummary, RenewalPatch } from '../../contracts/store.ts';
import { RenewdError } from '../../core/errors.ts';
import { terminalStates, type Renewal, type RenewalState } from '../../core/renewal.ts';
import type { Connection } from './connection.ts';
import {
  actions,
  changingColumns,
  changingValues,
  renewalColumns,
  renewalValues,
  toRenewal,
} from './renewal-row.ts';
import { RowReader } from './row-reader.ts';
import { inOrder, insertSql, moment } from './values.ts';

/** As an SQL list; the words are constants of ours. */
export function stateList(states: readonly RenewalState[]): string {
  return states.map((state) => `'${state}'`).join(', ');
}

/** Must match the condition of the index renewals_one_open, or SQLite does not use it. */
const isOpen = `state NOT IN (${stateList(terminalStates)})`;

/**
 * States in which an issued certificate has passed verification and was not given up. `blocked` and `failed` do not say
 * how far they came, and a superseded certificate may have been revoked or have lost a name.
 */
const deployableStates: readonly RenewalState[] = ['verified', 'deployed', 'served'];

/** Like the condition of the index renewals_issued. */
const isIssued = `leaf_pem IS NOT NULL AND key_id IS NOT NULL AND state IN (${stateList(deployableStates)})`;

const insertUnlessOpen = `${insertSql('renewals', renewalColumns)} ON CONFLICT (certificate) WHERE ${isOpen} DO NOTHING`;

const update = `UPDATE renewals SET ${changingColumns.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`;

/** False when the certificate has an open renewal already. */
export function insertRenewal(connection: Connection, renewal: Renewal): boolean {
  return (
    connection.runInOrder(
      insertUnlessOpen,
      inOrder(renewalColumns, renewalValues({ ...renewal, revision: 1 })),
    ) === 1
  );
}

export function readRenewal(connection: Connection, id: string): Renewal | undefined {
  const row = connection.get('SELECT * FROM renewals WHERE id = :id', { id });
  return row === undefined ? undefined : toRenewal(row);
}

export function readRenewalsOf(
  connection: Connection,
  certificate: string,
  limit: number,
): readonly Renewal[] {
  return connection
    .all(
      'SELECT * FROM renewals WHERE certificate = :certificate ORDER BY created_at DESC, id DESC LIMIT :limit',
      {
        certificate,
        limit,
      },
    )
    .map(toRenewal);
}

export function readNewestIssued(connection: Connection, certificate: string): Renewal | undefined {
  const row = connection.get(
    `SELECT * FROM renewals WHERE certificate = :certificate AND ${isIssued}
     ORDER BY created_at DESC, id DESC LIMIT 1`,
    { certificate },
  );
  return row === undefined ? undefined : toRenewal(row);
}

/** Ordered because the time had come, or because what was there had gone; not because somebody wanted it. */
const isAutomatic = (row: string): string =>
  `${row}.action <> 'deploy' AND ${row}.reason NOT IN ('requested', 'names-added', 'key-type-changed', 'compromised')`;

export function readIssuedSummaries(connection: Connection, certificate?: string): readonly IssuedSummary[] {
  const one = certificate === undefined ? '' : 'AND certificate = :certificate';
  return connection
    .all(
      `SELECT certificate, id, action, product, created_at, fingerprint256, spki_sha256, not_after, updated_at, (
         SELECT max(twin.created_at) FROM renewals AS twin
         WHERE twin.certificate = renewal.certificate AND ${isAutomatic('twin')} AND ${isAutomatic('renewal')}
           AND twin.leaf_pem IS NOT NULL AND twin.created_at < renewal.created_at
           AND twin.names = renewal.names AND twin.product = renewal.product AND twin.provider = renewal.provider
       ) AS twin_at FROM renewals AS renewal
       WHERE ${isIssued} AND fingerprint256 IS NOT NULL AND not_after IS NOT NULL AND NOT EXISTS (
         SELECT 1 FROM renewals
         WHERE certificate = renewal.certificate AND ${isIssued}
           AND (created_at, id) > (renewal.created_at, renewal.id)) ${one}`,
      certificate === undefined ? {} : { certificate },
    )
    .map((row) => {
      const reader = new RowReader('renewals', 'id', row);
      return {
        certificate: reader.text('certificate'),
        renewalId: reader.text('id'),
        fingerprint256: reader.text('fingerprint256'),
        spkiSha256: reader.textOrNull('spki_sha256'),
        notAfter: reader.date('not_after'),
        action: reader.oneOf('action', actions),
        product: reader.text('product'),
        begunAt: reader.date('created_at'),
        twinBegunAt: reader.dateOrNull('twin_at'),
        updatedAt: reader.date('updated_at'),
      };
    });
}

export function readOpenRenewals(connection: Connection): readonly Renewal[] {
  return connection.all(`SELECT * FROM renewals WHERE ${isOpen} ORDER BY created_at, id`).map(toRenewal);
}

export function readRenewalsToDiscard(connection: Connection): readonly Renewal[] {
  return connection
    .all(`SELECT * FROM renewals WHERE discard = 'due' ORDER BY updated_at, id`)
    .map(toRenewal);
}

/** To be called within a write transaction. */
export function patchRenewal(
  connection: Connection,
  id: string,
  revision: number,
  patch: RenewalPatch,
  now: Date,
): Renewal {
  const stored = readRenewal(connection, id);
  if (stored?.revision !== revision) {
    throw new RenewdError(
      'store-conflict',
      stored === undefined
        ? `there is no renewal ${id}`
        : `renewal ${id} was changed by someone else: revision ${stored.revision}, not ${revision}`,
      { fields: { renewalId: id, expected: revision, found: stored?.revision } },
    );
  }
  const changed: Renewal = {
    ...stored,
    ...patch,
    id: stored.id,
    certificate: stored.certificate,
    action: stored.action,
    reference: stored.reference,
    createdAt: stored.createdAt,
    revision: revision + 1,
    updatedAt: now,
  };
  connection.runInOrder(update, [...inOrder(changingColumns, changingValues(changed)), id]);
  return changed;
}

/**
 * Only moves the deadline forward and leaves the revision alone: an event must never make the writer fail who is just
 * about to store the answer to a paid order. If that writer overwrites the deadline, the next regular look is enough.
 */
export function makeRenewalsDue(
  connection: Connection,
  provider: string,
  ids: readonly string[],
  now: Date,
): number {
  return connection.run(
    `UPDATE renewals SET next_at = min(coalesce(next_at, :now), :now)
     WHERE ${isOpen} AND provider = :provider AND (
       order_id IN (SELECT value FROM json_each(:ids))
       OR certificate_id IN (SELECT value FROM json_each(:ids))
       OR job_id IN (SELECT value FROM json_each(:ids)))`,
    { provider, ids: JSON.stringify(ids), now: moment(now) },
  );
}
