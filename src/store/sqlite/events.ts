/** Table events: every provider event, once, stored before it is acknowledged. */
import type { StoredEvent } from '../../contracts/store.ts';
import type { Connection, Row } from './connection.ts';
import { RowReader } from './row-reader.ts';
import {
  cutText,
  flag,
  inOrder,
  insertSql,
  evidenceBytesMax,
  moment,
  momentOrNull,
  type Values,
} from './values.ts';

const columns = ['provider', 'event_id', 'type', 'ours', 'raw', 'received_at', 'acknowledged_at'] as const;

const insertOnce = `${insertSql('events', columns)} ON CONFLICT (provider, event_id) DO NOTHING`;

/** False when it is stored already; the stored one stays as it is. */
export function insertEvent(connection: Connection, event: StoredEvent): boolean {
  return connection.runInOrder(insertOnce, inOrder(columns, toValues(event))) === 1;
}

export function acknowledgeEvent(connection: Connection, provider: string, eventId: string, at: Date): void {
  connection.run(
    `UPDATE events SET acknowledged_at = :at
     WHERE provider = :provider AND event_id = :eventId AND acknowledged_at IS NULL`,
    { provider, eventId, at: moment(at) },
  );
}

export function readUnacknowledgedEvents(connection: Connection, provider: string): readonly StoredEvent[] {
  return connection
    .all('SELECT * FROM events WHERE provider = :provider AND acknowledged_at IS NULL ORDER BY sequence', {
      provider,
    })
    .map(toEvent);
}

function toValues(event: StoredEvent): Values<(typeof columns)[number]> {
  return {
    provider: event.provider,
    event_id: event.eventId,
    type: event.type,
    ours: flag(event.ours),
    // Refusing a long message would leave it at the head of the provider's queue for ever.
    raw: cutText(event.raw, evidenceBytesMax),
    received_at: moment(event.receivedAt),
    acknowledged_at: momentOrNull(event.acknowledgedAt),
  };
}

function toEvent(row: Row): StoredEvent {
  const reader = new RowReader('events', 'event_id', row);
  return {
    provider: reader.text('provider'),
    eventId: reader.text('event_id'),
    type: reader.text('type'),
    ours: reader.boolean('ours'),
    raw: reader.text('raw'),
    receivedAt: reader.date('received_at'),
    acknowledgedAt: reader.dateOrNull('acknowledged_at'),
  };
}
