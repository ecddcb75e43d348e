/** Which publisher puts a challenge where, and how it is put there and taken away. */
import type {
  DnsPublisher,
  DnsRecord,
  FileEvidence,
  FilePublisher,
  NamedPublisher,
  UnavailablePublisher,
} from '../../contracts/publisher.ts';
import type { DnsChallenge, FileChallenge } from '../../core/challenge.ts';
import { RenewdError } from '../../core/errors.ts';
import type { StoredChallenge } from '../../core/renewal.ts';

const ttlSeconds = 60;

function zoneLength(publisher: DnsPublisher, name: string): number {
  return Math.max(
    -1,
    ...publisher.zones
      .filter((zone) => name === zone || name.endsWith(`.${zone}`))
      .map((zone) => zone.length),
  );
}

/**
 * The publisher with the longest zone that holds the record; `wanted` narrows it to one name, but only while the record
 * is where the inventory said: after CNAME delegation the target zone decides.
 */
export function dnsPublisherFor(
  publishers: readonly NamedPublisher[],
  targetName: string,
  wanted: string | undefined,
): { readonly name: string; readonly publisher: DnsPublisher } {
  const able = publishers
    .flatMap(({ name, publisher }) => (publisher.kind === 'dns' ? [{ name, publisher }] : []))
    .map((row) => ({ ...row, length: zoneLength(row.publisher, targetName) }))
    .filter(({ length }) => length >= 0)
    .sort((a, b) => b.length - a.length);
  const chosen = able.find(({ name }) => name === wanted) ?? able[0];
  if (chosen !== undefined) return chosen;
  throw nobody(
    `no DNS publisher has a zone that holds ${targetName}`,
    { name: targetName },
    publishers,
    wanted,
  );
}

export function filePublisherFor(
  publishers: readonly NamedPublisher[],
  host: string,
  wanted: string | undefined,
): { readonly name: string; readonly publisher: FilePublisher } {
  const able = publishers
    .flatMap(({ name, publisher }) => (publisher.kind === 'file' ? [{ name, publisher }] : []))
    .filter(
      ({ name, publisher }) =>
        name === wanted || publisher.hosts.length === 0 || publisher.hosts.includes(host),
    );
  const chosen =
    able.find(({ name }) => name === wanted) ??
    able.find(({ publisher }) => publisher.hosts.includes(host)) ??
    able[0];
  if (chosen !== undefined) return chosen;
  throw nobody(`no file publisher serves ${host}`, { host }, publishers, wanted);
}

/** Where a publisher cannot be set up, it may be the one that is missed: then its trouble is the reason. */
function nobody(
  text: string,
  fields: Readonly<Record<string, string>>,
  publishers: readonly NamedPublisher[],
  wanted: string | undefined,
): RenewdError {
  const broken = publishers.flatMap(({ name, publisher }) =>
    publisher.kind === 'unavailable' ? [{ name, publisher }] : [],
  );
  const [first] = broken;
  const missed = broken.find(({ name }) => name === wanted) ?? first;
  if (missed === undefined) return new RenewdError('dcv-no-publisher', text, { fields });
  return notSetUp(missed.name, missed.publisher, `${text}, and `);
}

function notSetUp(name: string, { failure }: UnavailablePublisher, before = ''): RenewdError {
  return new RenewdError(
    failure.code,
    `${before}the publisher "${name}" could not be set up: ${failure.message}`,
    { cause: failure, fields: { publisher: name } },
  );
}

export function dnsRecordOf(challenge: DnsChallenge, targetName: string): DnsRecord {
  return { name: targetName, type: challenge.recordType, value: challenge.value, ttlSeconds };
}

export function fileEvidenceOf(challenge: FileChallenge): FileEvidence {
  return { host: challenge.host, path: challenge.path, content: challenge.content };
}

/** Takes away what a stored challenge put in place. Quiet when it is gone, or was never put anywhere. */
export async function withdrawChallenge(
  row: StoredChallenge,
  publishers: readonly NamedPublisher[],
  signal: AbortSignal,
): Promise<void> {
  if (row.publisher === null || row.challenge.kind === 'email') return;
  const publisher = publishers.find(({ name }) => name === row.publisher)?.publisher;
  if (publisher === undefined) {
    throw new RenewdError(
      'dcv-no-publisher',
      `the publisher "${row.publisher}" that holds evidence for ${row.challenge.identifier} is no longer configured`,
    );
  }
  if (publisher.kind === 'unavailable') throw notSetUp(row.publisher, publisher);
  if (row.challenge.kind === 'dns' && publisher.kind === 'dns') {
    await publisher.withdraw(dnsRecordOf(row.challenge, row.targetName ?? row.challenge.recordName), signal);
  } else if (row.challenge.kind === 'file' && publisher.kind === 'file') {
    await publisher.withdraw(fileEvidenceOf(row.challenge), signal);
  }
}
