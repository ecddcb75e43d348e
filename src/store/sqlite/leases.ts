/** Table leases: who may act, until when. A lease has run out at its last moment. */
import type { Connection } from './connection.ts';
import { RowReader } from './row-reader.ts';
import { moment } from './values.ts';

export function takeLease(
  connection: Connection,
  lease: { readonly name: string; readonly holder: string; readonly ttlMs: number },
  now: Date,
): boolean {
  const changed = connection.run(
    `INSERT INTO leases (name, holder, expires_at) VALUES (:name, :holder, :expiresAt)
     ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
     WHERE leases.holder = excluded.holder OR leases.expires_at <= :now`,
    { name: lease.name, holder: lease.holder, expiresAt: moment(now) + lease.ttlMs, now: moment(now) },
  );
  return changed === 1;
}

/** Quiet when somebody else holds it. */
export function dropLease(connection: Connection, name: string, holder: string): void {
  connection.run('DELETE FROM leases WHERE name = :name AND holder = :holder', { name, holder });
}

export function readLeaseHolder(connection: Connection, name: string, now: Date): string | undefined {
  const row = connection.get('SELECT holder FROM leases WHERE name = :name AND expires_at > :now', {
    name,
    now: moment(now),
  });
  return row === undefined ? undefined : new RowReader('leases', 'holder', row).text('holder');
}
