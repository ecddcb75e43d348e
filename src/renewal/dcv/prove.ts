/**
 * State `awaiting-dcv`: publish what the provider asks for, look at every authoritative server, and only then tell the
 * provider to look. Where a value is about to be put is stored before it is put there: a crash leaves nothing behind
 * that is not remembered.
 */
import type { OrderReading } from '../../contracts/order.ts';
import type { NamedPublisher, PropagationReport } from '../../contracts/publisher.ts';
import { secondMs } from '../../core/durations.ts';
import { RenewdError, toRenewdError } from '../../core/errors.ts';
import type { Renewal, StoredChallenge } from '../../core/renewal.ts';
import { holdAfter, ledgerEntry, type StageOutcome } from '../outcome.ts';
import type { StageContext } from '../stage-context.ts';
import {
  dnsPublisherFor,
  dnsRecordOf,
  fileEvidenceOf,
  filePublisherFor,
  withdrawChallenge,
} from './evidence.ts';
import { mergeChallenges } from './merge.ts';
import { checkChallenge, checkCount } from './safety.ts';

/** First look after publishing; later ones grow to a minute. */
const firstLookMs = 500;
const slowestLookMs = 60 * secondMs;
/** A renewal that needs a person is looked at again by itself after this. */
const blockedRecheckMs = 10 * 60 * secondMs;

/** `reading` is the provider's present word on the order. */
export async function proveControl(
  renewal: Renewal,
  context: StageContext,
  reading: OrderReading,
): Promise<StageOutcome> {
  const refused = (unsafe: RenewdError): StageOutcome => ({
    event: 'needs-person',
    text: unsafe.message,
    failure: unsafe,
    nextAt: null,
  });
  const tooMany = checkCount(reading.challenges, renewal.names);
  if (tooMany !== undefined) return refused(tooMany);
  const stored = await context.store.challenges(renewal.id);
  const merged = mergeChallenges(renewal.id, stored, reading.challenges);
  for (const row of merged.wanted) {
    const unsafe = checkChallenge(row.challenge, renewal.names, context.capabilities().proofLabel);
    if (unsafe !== undefined) return refused(unsafe);
  }
  const wanted = merged.wanted.filter((row) => row.challenge.kind !== 'email');
  if (wanted.length === 0) {
    if (merged.added.length > 0) await context.store.saveChallenges(merged.added);
    const text =
      merged.wanted.length > 0 ? 'an approver has mail to answer' : 'the provider asks for no evidence';
    return { event: 'control-shown', text };
  }
  let placements: readonly Placement[];
  try {
    await clearOutdatedFiles(stored, merged.wanted, context);
    placements = await placementsOf(wanted, context);
  } catch (thrown) {
    // What is asked for is there to be read, also while nobody can publish it.
    const effects = { challenges: merged.added };
    return { ...failedOrAgain(renewal, context, toRenewdError(thrown)), effects };
  }
  await remember(placements, merged.added, renewal, context);
  try {
    for (const placement of placements) await placement.publish();
  } catch (thrown) {
    return failedOrAgain(renewal, context, toRenewdError(thrown));
  }
  const published = placements.map(({ placed }) => placed);
  return look(renewal, context, published);
}

/** A file that the provider no longer asks for stands where the new one may have to go. Records can stay side by side. */
async function clearOutdatedFiles(
  stored: readonly StoredChallenge[],
  wanted: readonly StoredChallenge[],
  context: StageContext,
): Promise<void> {
  for (const row of stored) {
    if (row.challenge.kind !== 'file' || row.state !== 'published' || wanted.includes(row)) continue;
    await withdrawChallenge(row, await context.publishers(), context.signal);
    await context.store.saveChallenges([{ ...row, state: 'withdrawn' }]);
  }
}

/** Where one value goes, and how it is put there. */
interface Placement {
  readonly row: StoredChallenge;
  /** The row once it is there. */
  readonly placed: StoredChallenge;
  publish(): Promise<void>;
}

async function placementsOf(
  wanted: readonly StoredChallenge[],
  context: StageContext,
): Promise<readonly Placement[]> {
  const publishers = await context.publishers();
  const placements: Placement[] = [];
  for (const row of wanted) placements.push(...(await placementOf(row, publishers, context)));
  return placements;
}

async function placementOf(
  row: StoredChallenge,
  publishers: readonly NamedPublisher[],
  { managed, signal, dns }: StageContext,
): Promise<readonly Placement[]> {
  const { challenge } = row;
  const placedBy = (publisher: string, targetName: string | null): StoredChallenge => ({
    ...row,
    state: 'published',
    publisher,
    targetName,
  });
  switch (challenge.kind) {
    case 'dns': {
      // A CNAME proof stands at its own name: following it would lead to the CA.
      const targetName =
        challenge.recordType === 'TXT'
          ? await dns.followDelegation(challenge.recordName, signal)
          : challenge.recordName;
      const { name, publisher } = dnsPublisherFor(publishers, targetName, managed.dcv.publisher);
      await takeFromElsewhere(row, name, targetName, publishers, signal);
      const record = dnsRecordOf(challenge, targetName);
      return [{ row, placed: placedBy(name, targetName), publish: () => publisher.publish(record, signal) }];
    }
    case 'file': {
      const { name, publisher } = filePublisherFor(publishers, challenge.host, managed.dcv.publisher);
      await takeFromElsewhere(row, name, null, publishers, signal);
      const evidence = fileEvidenceOf(challenge);
      return [{ row, placed: placedBy(name, null), publish: () => publisher.publish(evidence, signal) }];
    }
    case 'email':
      return [];
  }
}

/** A delegation or a publisher that changed since leaves our earlier value in the wrong place. */
async function takeFromElsewhere(
  row: StoredChallenge,
  publisher: string,
  targetName: string | null,
  publishers: readonly NamedPublisher[],
  signal: AbortSignal,
): Promise<void> {
  if (row.publisher === null || (row.publisher === publisher && row.targetName === targetName)) return;
  // A publisher that left the configuration cannot be asked any more; what it holds is for a person to remove.
  if (publishers.some(({ name }) => name === row.publisher)) await withdrawChallenge(row, publishers, signal);
}

/** All of them in one commit, before the first is put in place. What stands where it did is not noted once more. */
async function remember(
  placements: readonly Placement[],
  added: readonly StoredChallenge[],
  renewal: Renewal,
  { store, clock }: StageContext,
): Promise<void> {
  const moved = placements.filter(
    ({ row, placed }) =>
      row.state !== 'published' || row.publisher !== placed.publisher || row.targetName !== placed.targetName,
  );
  const mails = added.filter(({ challenge }) => challenge.kind === 'email');
  if (moved.length === 0 && mails.length === 0) return;
  const entries = moved.map(({ placed: { challenge, publisher, targetName } }) => {
    const where = targetName ?? (challenge.kind === 'file' ? `${challenge.host}${challenge.path}` : '');
    const text = `evidence for ${challenge.identifier} goes to ${where} by publisher ${publisher}`;
    return ledgerEntry(renewal, clock.now(), { kind: 'intent', subject: 'publish', text });
  });
  await store.saveChallenges([...mails, ...moved.map(({ placed }) => placed)], entries);
}

/** Our own look; files are served by us and need none before the provider's. */
async function look(
  renewal: Renewal,
  context: StageContext,
  published: readonly StoredChallenge[],
): Promise<StageOutcome> {
  const reports: PropagationReport[] = [];
  try {
    for (const row of published) {
      if (row.challenge.kind !== 'dns') continue;
      const record = dnsRecordOf(row.challenge, row.targetName ?? row.challenge.recordName);
      reports.push(await context.dns.propagation(record, context.signal));
    }
  } catch (thrown) {
    return failedOrAgain(renewal, context, toRenewdError(thrown));
  }
  const lagging = reports.flatMap((report) =>
    report.visible ? [] : report.servers.filter(({ visible }) => !visible),
  );
  if (reports.some(({ visible }) => !visible)) {
    const details = lagging.slice(0, 4).map(({ server, detail }) => `${server}: ${detail}`);
    return failedOrAgain(
      renewal,
      context,
      new RenewdError('dcv-not-visible', `published, but not visible everywhere yet (${details.join('; ')})`),
    );
  }
  const now = context.clock.now();
  const visible = published.map((row) => ({ ...row, visibleAt: row.visibleAt ?? now }));
  const servers = reports.flatMap((report) => report.servers.map(({ server }) => server));
  return {
    event: 'control-shown',
    text: `evidence for ${published.length} challenge(s) is visible${servers.length > 0 ? ` at ${[...new Set(servers)].slice(0, 6).join(', ')}` : ''}`,
    effects: { challenges: visible },
  };
}

/**
 * The order exists and is perhaps paid: giving it up would mean to buy another one. So this waits, visibly, and goes on
 * by itself once publisher or DNS are mended; only the provider can end the order.
 */
function failedOrAgain(renewal: Renewal, context: StageContext, failure: RenewdError): StageOutcome {
  const now = context.clock.now();
  const since = renewal.orderedAt ?? renewal.createdAt;
  const lasted = now.getTime() - since.getTime();
  if (
    failure.kind === 'configuration' ||
    failure.kind === 'authentication' ||
    lasted > context.managed.dcv.propagationTimeoutMs
  ) {
    const nextAt = new Date(now.getTime() + blockedRecheckMs);
    return { event: 'needs-person', text: failure.message, failure, nextAt };
  }
  if (failure.code !== 'dcv-not-visible') return holdAfter(renewal, failure, now);
  const delayMs = Math.min(firstLookMs * 2 ** Math.min(renewal.attempts, 10), slowestLookMs);
  return { event: 'hold', text: failure.message, failure, nextAt: new Date(now.getTime() + delayMs) };
}
