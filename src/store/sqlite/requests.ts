/** Table requests: what operators asked for on the command line. */
import type { OperatorRequest } from '../../contracts/store.ts';
import type { Connection, Row } from './connection.ts';
import { RowReader } from './row-reader.ts';
import { exactJson, inOrder, insertSql, moment } from './values.ts';

const columns = ['id', 'at', 'certificate', 'kind', 'options', 'requested_by'] as const;

const insert = insertSql('requests', columns);

const kinds: readonly OperatorRequest['kind'][] = ['renew', 'resolve'];

/** An earlier request for the same certificate that nobody has looked at yet is replaced. */
export function insertRequest(connection: Connection, request: OperatorRequest): void {
  connection.run('UPDATE requests SET done = 1 WHERE certificate = :certificate AND done = 0', {
    certificate: request.certificate,
  });
  connection.runInOrder(
    insert,
    inOrder(columns, {
      id: request.id,
      at: moment(request.at),
      certificate: request.certificate,
      kind: request.kind,
      options: exactJson("a request's options", request.options),
      requested_by: request.by,
    }),
  );
}

/** Oldest first. */
export function readPendingRequests(connection: Connection): readonly OperatorRequest[] {
  return connection.all('SELECT * FROM requests WHERE done = 0 ORDER BY at, id').map(toRequest);
}

/** Quiet about requests that are done or unknown. */
export function finishRequests(connection: Connection, ids: readonly string[]): void {
  for (const id of ids) {
    connection.run('UPDATE requests SET done = 1 WHERE id = :id', { id });
  }
}

function toRequest(row: Row): OperatorRequest {
  const reader = new RowReader('requests', 'id', row);
  return {
    id: reader.text('id'),
    at: reader.date('at'),
    certificate: reader.text('certificate'),
    kind: reader.oneOf('kind', kinds),
    options: reader.object('options'),
    by: reader.text('requested_by'),
  };
}
