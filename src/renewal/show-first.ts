/**
 * Validation before the order: where the CA looks the moment the order comes, the prepared evidence is published and
 * seen at every authoritative server first. Nothing is ordered yet, so whatever fails here costs nothing.
 */
import type { PreparedValidation } from '../contracts/order.ts';
import type { Renewal } from '../core/renewal.ts';
import { mergeChallenges } from './dcv/merge.ts';
import { proveControl } from './dcv/prove.ts';
import type { StageOutcome } from './outcome.ts';
import type { StageContext } from './stage-context.ts';

/** Undefined: everything is visible and noted as such, the order may go. */
export async function showFirst(
  renewal: Renewal,
  prepared: PreparedValidation,
  context: StageContext,
): Promise<StageOutcome | undefined> {
  // What was shown for an earlier request of this renewal says nothing about this one.
  const { added, wanted } = mergeChallenges(
    renewal.id,
    await context.store.challenges(renewal.id),
    prepared.challenges,
  );
  if (added.length === 0 && wanted.every(({ visibleAt }) => visibleAt !== null)) return undefined;
  const outcome = await proveControl(renewal, context, {
    handle: {},
    status: 'pending',
    statusWord: 'prepared',
    challenges: prepared.challenges,
  });
  if (outcome.event !== 'control-shown') return outcome;
  if (outcome.effects?.challenges === undefined) return undefined;
  return { ...outcome, event: 'hold', text: `${outcome.text}; the order may go` };
}
