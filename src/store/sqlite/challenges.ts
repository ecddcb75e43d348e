/** Table challenges: what was asked to be published, and what of it is out there. */
import type { Challenge } from '../../core/challenge.ts';
import type { ChallengeState, RenewalState, StoredChallenge } from '../../core/renewal.ts';
import type { Connection, Row } from './connection.ts';
import { stateList } from './renewals.ts';
import { RowReader, isRecord, isStrings } from './row-reader.ts';
import { exactJson, inOrder, insertSql, momentOrNull, replaceSql, type Values } from './values.ts';

const columns = [
  'renewal_id',
  'position',
  'challenge',
  'state',
  'publisher',
  'target_name',
  'visible_at',
] as const;

const challengeStates: readonly ChallengeState[] = ['wanted', 'published', 'withdrawn'];

/**
 * States whose evidence may still be looked at by the CA. A blocked renewal may have an order that is waiting for a
 * person; its evidence stays until the renewal is resumed or ends.
 */
const needsEvidence: readonly RenewalState[] = [
  'planned',
  'ordering',
  'order-unconfirmed',
  'awaiting-dcv',
  'awaiting-issuance',
  'blocked',
];

const upsert = `${insertSql('challenges', columns)}
  ON CONFLICT (renewal_id, position) DO UPDATE SET ${replaceSql(columns.slice(2))}`;

export function readChallenges(connection: Connection, renewalId: string): readonly StoredChallenge[] {
  return connection
    .all('SELECT * FROM challenges WHERE renewal_id = :renewalId ORDER BY position', { renewalId })
    .map(toChallenge);
}

export function readChallengesToWithdraw(connection: Connection): readonly StoredChallenge[] {
  return connection
    .all(
      `SELECT challenges.* FROM challenges JOIN renewals ON renewals.id = challenges.renewal_id
       WHERE challenges.state = 'published' AND renewals.state NOT IN (${stateList(needsEvidence)})
       ORDER BY challenges.renewal_id, challenges.position`,
    )
    .map(toChallenge);
}

export function writeChallenge(connection: Connection, challenge: StoredChallenge): void {
  connection.runInOrder(upsert, inOrder(columns, toValues(challenge)));
}

function toValues(stored: StoredChallenge): Values<(typeof columns)[number]> {
  return {
    renewal_id: stored.renewalId,
    position: stored.index,
    challenge: exactJson('a challenge', stored.challenge),
    state: stored.state,
    publisher: stored.publisher,
    target_name: stored.targetName,
    visible_at: momentOrNull(stored.visibleAt),
  };
}

function toChallenge(row: Row): StoredChallenge {
  const reader = new RowReader('challenges', 'renewal_id', row);
  return {
    renewalId: reader.text('renewal_id'),
    index: reader.integer('position'),
    challenge: parseChallenge(reader.json('challenge')) ?? reader.fail('challenge', 'is not a challenge'),
    state: reader.oneOf('state', challengeStates),
    publisher: reader.textOrNull('publisher'),
    targetName: reader.textOrNull('target_name'),
    visibleAt: reader.dateOrNull('visible_at'),
  };
}

function parseChallenge(value: unknown): Challenge | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, identifier } = value;
  if (typeof identifier !== 'string') return undefined;
  switch (kind) {
    case 'dns': {
      const { recordName, recordType, value: text } = value;
      if (typeof recordName !== 'string' || typeof text !== 'string') return undefined;
      if (recordType !== 'TXT' && recordType !== 'CNAME') return undefined;
      return { kind, identifier, recordName, recordType, value: text };
    }
    case 'file': {
      const { host, path, content } = value;
      if (typeof host !== 'string' || typeof path !== 'string' || typeof content !== 'string')
        return undefined;
      return { kind, identifier, host, path, content };
    }
    case 'email': {
      const { addresses } = value;
      return isStrings(addresses) ? { kind, identifier, addresses } : undefined;
    }
    default:
      return undefined;
  }
}
