/** The flow: which stage works on a renewal in which state. Read it from top to bottom. */
import type { OrderReading } from '../contracts/order.ts';
import { RenewdError, toRenewdError } from '../core/errors.ts';
import type { Renewal } from '../core/renewal.ts';
import { deploySets, lookAtService, verifyCertificate, type Delivery } from './deliver.ts';
import { mergeChallenges } from './dcv/merge.ts';
import { checkCount } from './dcv/safety.ts';
import { proveControl } from './dcv/prove.ts';
import { endElsewhere } from './order/elsewhere.ts';
import { endOutgrown, hasOutgrownKey } from './order/outgrown.ts';
import { intendOrder, makeCsr, type CreateCsr } from './order/prepare.ts';
import { absorb, findQuery, handleOf, preparedOf } from './order/request.ts';
import { settleOrder } from './order/settle.ts';
import { submitOrder } from './order/submit.ts';
import { refuseLostKey } from './lost-key.ts';
import { holdAfter, type StageOutcome } from './outcome.ts';
import { judgeReading, keepWaiting } from './poll/follow.ts';
import { takeVendorKey } from './poll/vendor-key.ts';
import { waitAfter } from './poll/waits-for.ts';
import { showFirst } from './show-first.ts';
import type { StageContext } from './stage-context.ts';

export interface StageTools {
  readonly createCsr: CreateCsr;
  readonly delivery: Delivery;
}

/** How many polls without news before the provider is asked again to look at the evidence. */
const nudgeEvery = 5;

/**
 * Runs the stage of the renewal's state once. Never throws: a failure is an outcome. `fresh` is true only when this
 * process has just committed the intent to order.
 */
export async function runStage(
  renewal: Renewal,
  context: StageContext,
  tools: StageTools,
  fresh: boolean,
): Promise<StageOutcome> {
  try {
    return (await refuseLostKey(renewal, context)) ?? (await stage(renewal, context, tools, fresh));
  } catch (thrown) {
    return holdAfter(renewal, thrown, context.clock.now());
  }
}

async function stage(
  renewal: Renewal,
  context: StageContext,
  tools: StageTools,
  fresh: boolean,
): Promise<StageOutcome> {
  switch (renewal.state) {
    case 'planned':
      if (renewal.action === 'deploy') {
        return {
          event: 'certificate-verified',
          text: 'the issued certificate is deployed again; nothing is ordered',
        };
      }
      return (
        endOutgrown(renewal, context.managed) ??
        endElsewhere(renewal, context.managed) ??
        towardsOrder(renewal, context, tools)
      );
    case 'ordering':
      return submitOrder(renewal, context, fresh);
    case 'order-unconfirmed':
      return settleOrder(renewal, context);
    case 'awaiting-dcv':
    case 'awaiting-issuance':
      return followOrder(renewal, context);
    case 'issued':
      return verifyCertificate(renewal, context, tools.delivery);
    case 'verified':
      return deploySets(renewal, context, tools.delivery);
    case 'deployed':
      return lookAtService(renewal, context, tools.delivery);
    case 'blocked':
      return release(renewal);
    case 'served':
    case 'failed':
    case 'superseded':
      throw new RenewdError('internal', `a renewal that is ${renewal.state} was about to be worked on`);
  }
}

async function towardsOrder(
  renewal: Renewal,
  context: StageContext,
  tools: StageTools,
): Promise<StageOutcome> {
  const lacksCsr = renewal.csrPem === null && !providerMakesKey(renewal, context);
  return lacksCsr || hasOutgrownKey(renewal, context.managed)
    ? makeCsr(renewal, context, tools.createCsr)
    : beforeOrder(renewal, context);
}

function providerMakesKey({ action }: Renewal, context: StageContext): boolean {
  if (context.managed.key.madeBy === 'us' || action === 'deploy') return false;
  return context.capabilities().makesKeys?.includes(action) === true;
}

/** Where the CA looks the moment the order comes, the evidence is shown first. */
async function beforeOrder(renewal: Renewal, context: StageContext): Promise<StageOutcome> {
  const prepared = preparedOf(renewal);
  const showing = prepared?.publishFirst === true ? await showFirst(renewal, prepared, context) : undefined;
  return showing ?? intendOrder(renewal, context);
}

/** What blocked may have passed: go on where it is safe, which is never a second order. */
function release(renewal: Renewal): StageOutcome {
  return renewal.orderedAt === null
    ? { event: 'released', text: 'tried again' }
    : { event: 'order-found', text: 'tried again with the order that exists' };
}

async function followOrder(renewal: Renewal, context: StageContext): Promise<StageOutcome> {
  const reading = await readOrder(renewal, context);
  const now = context.clock.now();
  const news = { ...absorb(reading), waitsFor: waitAfter(renewal, reading, now) };
  const key = await takeVendorKey(renewal, reading, context);
  const judged = judgeReading({ ...renewal, ...key }, reading);
  if (judged !== undefined) return { ...judged, patch: { ...news, ...key, ...judged.patch } };
  // "Look again" is "send the mail again" where people are asked by mail: that is for an operator to say.
  const byMail = reading.challenges.some(({ kind }) => kind === 'email');
  if (renewal.state === 'awaiting-dcv') {
    const outcome = await proveControl(renewal, context, reading);
    if (outcome.event === 'control-shown' && !byMail) await nudge(renewal, context);
    return { ...outcome, patch: { ...news, ...outcome.patch } };
  }
  if (await asksForOtherEvidence(renewal, context, reading.challenges)) {
    return {
      event: 'challenges-changed',
      text: `${renewal.provider} asks for other evidence than before`,
      patch: news,
    };
  }
  if (renewal.attempts > 0 && renewal.attempts % nudgeEvery === 0 && !byMail) await nudge(renewal, context);
  return { ...keepWaiting(renewal, reading, now), patch: news };
}

/** By its ids; where they lead nowhere, as with what a person read off the provider's pages, by its key. */
async function readOrder(renewal: Renewal, context: StageContext): Promise<OrderReading> {
  const { provider } = await context.provider();
  try {
    return await provider.read(handleOf(renewal), context.signal);
  } catch (thrown) {
    if (toRenewdError(thrown).kind !== 'not-found') throw thrown;
    const { matches } = await provider.find(findQuery(renewal), context.signal);
    const [match, ...more] = matches;
    if (match === undefined || more.length > 0) throw thrown;
    return match;
  }
}

async function asksForOtherEvidence(
  renewal: Renewal,
  context: StageContext,
  asked: Parameters<typeof mergeChallenges>[2],
): Promise<boolean> {
  if (asked.length === 0) return false;
  // More than can be meant is refused where proofs are published.
  if (checkCount(asked, renewal.names) !== undefined) return true;
  const stored = await context.store.challenges(renewal.id);
  return mergeChallenges(renewal.id, stored, asked).added.length > 0;
}

/** "Look now" is a courtesy: CAs look by themselves too, so a refusal changes nothing. */
async function nudge(renewal: Renewal, context: StageContext): Promise<void> {
  try {
    const { provider } = await context.provider();
    await provider.retryValidation(handleOf(renewal), context.signal);
  } catch (thrown) {
    context.logger.debug(
      { renewalId: renewal.id, err: thrown },
      'the provider did not take the hint to look',
    );
  }
}
