/** Table notices: what was told to whom. */
import type { ToldNotice } from '../../contracts/store.ts';
import { troubleLevels } from '../../core/notices.ts';
import type { Connection, Row } from './connection.ts';
import { RowReader } from './row-reader.ts';
import { inOrder, insertSql, moment, replaceSql } from './values.ts';

const key = ['channel', 'subject', 'cause'] as const;
const columns = [...key, 'level', 'since', 'told_at'] as const;

const upsert = `${insertSql('notices', columns)} ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${replaceSql(columns.slice(key.length))}`;

export function readToldNotices(connection: Connection): readonly ToldNotice[] {
  return connection.all('SELECT * FROM notices ORDER BY channel, subject, cause').map(toNotice);
}

export function writeToldNotice(connection: Connection, told: ToldNotice): void {
  const { channel, subject, cause, level } = told;
  const values = { channel, subject, cause, level, since: moment(told.since), told_at: moment(told.toldAt) };
  connection.runInOrder(upsert, inOrder(columns, values));
}

/** Quiet about what is not there. */
export function forgetNotice(
  connection: Connection,
  { channel, subject, cause }: Pick<ToldNotice, 'channel' | 'subject' | 'cause'>,
): void {
  connection.run('DELETE FROM notices WHERE channel = :channel AND subject = :subject AND cause = :cause', {
    channel,
    subject,
    cause,
  });
}

function toNotice(row: Row): ToldNotice {
  const reader = new RowReader('notices', 'subject', row);
  return {
    channel: reader.text('channel'),
    subject: reader.text('subject'),
    cause: reader.text('cause'),
    level: reader.oneOf('level', troubleLevels),
    since: reader.date('since'),
    toldAt: reader.date('told_at'),
  };
}
