/**
 * State `awaiting-dcv`: publish what the provider asks for, look at every authoritative server, and only then tell the
 * provider to look. Where a value is about to be put is stored before it is put there: a crash leaves nothing behind
 * that is not remembered.
 */
import type { OrderReading } from '../../contracts/provider.ts';
import type { PropagationReport } from '../../contracts/publisher.ts';
import { secondMs } from '../../core/durations.ts';
import { RenewdError, toRenewdError } from '../../core/errors.ts';
import type { Renewal, StoredChallenge } from '../../core/renewal.ts';
import { holdAfter, ledgerEntry, type StageOutcome } from '../outcome.ts';
import type { NamedPublisher, StageContext } from '../stage-context.ts';
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
  if (merged.added.length > 0) await context.store.saveChallenges(merged.added);
  const wanted = merged.wanted.filter((row) => row.challenge.kind !== 'email');
  if (wanted.length === 0) {
    const text =
      merged.wanted.length > 0 ? 'an approver has mail to answer' : 'the provider asks for no evidence';
    return { event: 'control-shown', text };
  }
  const published: StoredChallenge[] = [];
  try {
    await clearOutdatedFiles(stored, merged.wanted, context);
    for (const row of wanted) published.push(await publish(row, renewal, context));
  } catch (thrown) {
    return failedOrAgain(renewal, context, toRenewdError(thrown));
  }
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

async function publish(
  row: StoredChallenge,
  renewal: Renewal,
  context: StageContext,
): Promise<StoredChallenge> {
  const { challenge } = row;
  const { managed, signal } = context;
  const publishers = await context.publishers();
  if (challenge.kind === 'dns') {
    // A CNAME proof stands at its own name: following it would lead to the CA.
    const targetName =
      challenge.recordType === 'TXT'
        ? await context.dns.followDelegation(challenge.recordName, signal)
        : challenge.recordName;
    const { name, publisher } = dnsPublisherFor(publishers, targetName, managed.dcv.publisher);
    await takeFromElsewhere(row, name, targetName, publishers, signal);
    const placed = await remember(row, renewal, context, name, targetName);
    await publisher.publish(dnsRecordOf(challenge, targetName), signal);
    return placed;
  }
  if (challenge.kind === 'file') {
    const { name, publisher } = filePublisherFor(publishers, challenge.host, managed.dcv.publisher);
    await takeFromElsewhere(row, name, null, publishers, signal);
    const placed = await remember(row, renewal, context, name, null);
    await publisher.publish(fileEvidenceOf(challenge), signal);
    return placed;
  }
  return row;
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

async function remember(
  row: StoredChallenge,
  renewal: Renewal,
  context: StageContext,
  publisher: string,
  targetName: string | null,
): Promise<StoredChallenge> {
  if (row.state === 'published' && row.publisher === publisher && row.targetName === targetName) return row;
  const placed: StoredChallenge = { ...row, state: 'published', publisher, targetName };
  const where =
    targetName ?? (row.challenge.kind === 'file' ? `${row.challenge.host}${row.challenge.path}` : '');
  const text = `evidence for ${row.challenge.identifier} goes to ${where} by publisher ${publisher}`;
  const entry = ledgerEntry(renewal, context.clock.now(), { kind: 'intent', subject: 'publish', text });
  await context.store.saveChallenges([placed], [entry]);
  return placed;
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
