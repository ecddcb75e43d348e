/**
 * Takes away what was published for renewals that no longer need it. Works from the store alone, so that a crash leaves
 * nothing behind for longer than the next pass.
 */
import type { Store } from '../contracts/store.ts';
import type { Clock, Logger } from '../contracts/platform.ts';
import type { NamedPublisher } from '../contracts/publisher.ts';
import { toRenewdError } from '../core/errors.ts';
import type { StoredChallenge } from '../core/renewal.ts';
import { fileEvidenceOf, withdrawChallenge } from './dcv/evidence.ts';

function place(row: StoredChallenge): string {
  const { challenge } = row;
  if (challenge.kind === 'dns')
    return `${row.targetName ?? challenge.recordName} ${challenge.recordType} ${challenge.value}`;
  return challenge.kind === 'file'
    ? `${challenge.host}${challenge.path} ${challenge.content}`
    : challenge.identifier;
}

/** Publishers are asked for when there is work for them: to make them loads libraries that a quiet daemon can do without. */
type Publishers = () => Promise<readonly NamedPublisher[]>;

/** Returns how many could not be withdrawn; they stay due for the next call. */
export async function withdrawLeftovers(
  store: Store,
  publishersOf: Publishers,
  clock: Clock,
  logger: Logger,
  signal: AbortSignal,
): Promise<number> {
  const leftovers = await store.challengesToWithdraw();
  if (leftovers.length === 0) return 0;
  const publishers = await publishersOf();
  const open = await store.openRenewals();
  const needed = new Set<string>();
  for (const renewal of open) {
    if (leftovers.some((row) => row.renewalId === renewal.id)) continue;
    for (const row of await store.challenges(renewal.id))
      if (row.state === 'published') needed.add(place(row));
  }
  let failed = 0;
  for (const row of leftovers) {
    if (signal.aborted) return failed;
    try {
      // The same value may serve a later attempt by now: then only our note of it goes.
      if (!needed.has(place(row))) await withdrawChallenge(row, publishers, signal);
      await store.saveChallenges([{ ...row, state: 'withdrawn' }]);
      logger.info(
        { renewalId: row.renewalId, identifier: row.challenge.identifier, at: clock.now() },
        'evidence withdrawn',
      );
    } catch (thrown) {
      failed += 1;
      const { code, message } = toRenewdError(thrown);
      logger.warn({ renewalId: row.renewalId, code, reason: message }, 'evidence could not be withdrawn yet');
    }
  }
  return failed;
}

/**
 * Files answered by the built-in responder live in memory: after a start those that open renewals still need are put in
 * place again. Records and files of other publishers outlive us; to publish them once more changes nothing.
 */
export async function reshowEvidence(
  store: Store,
  publishersOf: Publishers,
  signal: AbortSignal,
): Promise<void> {
  for (const renewal of await store.openRenewals()) {
    for (const { state, challenge, publisher: name } of await store.challenges(renewal.id)) {
      if (state !== 'published' || challenge.kind !== 'file') continue;
      const publisher = (await publishersOf()).find((one) => one.name === name)?.publisher;
      if (publisher?.kind === 'file') await publisher.publish(fileEvidenceOf(challenge), signal);
    }
  }
}
