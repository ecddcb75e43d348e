/** Single reads, sent again when they fail on the way, and lists to their end. */
import type { Clock, Logger, Random } from '../../contracts/platform.ts';
import { hasKind, RenewdError, type ErrorKind } from '../../core/errors.ts';
import { retryRepeatable } from '../../vendors/common/retry.ts';
import type { Page, ReselloClient } from './client.ts';
import { certificateSchema, parseAs, planSchema, type Certificate, type Plan } from './schema.ts';
import { nextPage, unwrapList, unwrapObject } from './wire.ts';

export interface PlanTerms {
  /** Length of the paid term. */
  readonly months: number | undefined;
  /** Days before the end of the term from which renewing is possible. */
  readonly windowDays: number | undefined;
}

/** What the parts of this provider share. */
export interface Session {
  readonly client: ReselloClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Of the plans that were looked up; a plan keeps its length. */
  readonly planTerms: Map<string, PlanTerms | undefined>;
}

/** Only for commands that client.ts marks repeatable. */
export function repeat<T>(session: Session, signal: AbortSignal, fn: () => Promise<T>): Promise<T> {
  return retryRepeatable(fn, { clock: session.clock, random: session.random, signal });
}

/** Throws `provider-object-missing` when the provider does not know it. */
export async function certificateOf(session: Session, id: string, signal: AbortSignal): Promise<Certificate> {
  const answer = await repeat(session, signal, () => session.client.read(id, signal));
  return parseAs(certificateSchema, unwrapObject(answer), 'a certificate');
}

/** Undefined when there is no such plan. */
export async function planOf(session: Session, id: string, signal: AbortSignal): Promise<Plan | undefined> {
  const answer = await quietOn(
    ['not-found'],
    repeat(session, signal, () => session.client.plan(id, signal)),
  );
  return answer === undefined ? undefined : parseAs(planSchema, unwrapObject(answer), 'a plan');
}

/** The terms of a plan, asked for once; undefined when they cannot be learnt now. */
export async function planTermsOf(
  session: Session,
  planId: string,
  signal: AbortSignal,
): Promise<PlanTerms | undefined> {
  const { planTerms } = session;
  if (planTerms.has(planId)) return planTerms.get(planId);
  try {
    const plan = await planOf(session, planId, signal);
    const terms =
      plan === undefined
        ? undefined
        : { months: plan.interval, windowDays: plan.renew_days_before_expiration };
    planTerms.set(planId, terms);
    return terms;
  } catch (thrown) {
    // A look at the plan makes a date more certain; a reading is worth having without it.
    session.logger.debug({ err: thrown }, 'the plan of a certificate could not be read');
    return undefined;
  }
}

export interface Listing {
  readonly rows: readonly unknown[];
  /** True when the end was reached, so that what is missing does not exist. */
  readonly complete: boolean;
}

/** Pages of one list; also the bound on a server that never ends. */
const pagesMax = 50;

/** No document speaks of pages; where an answer names a next one, it is followed within the API's own address. */
export async function listAll(
  session: Session,
  command: 'CertificateList' | 'PlanList',
  firstPage: () => Promise<Page>,
  signal: AbortSignal,
): Promise<Listing> {
  const rows: unknown[] = [];
  const seen = new Set<string>();
  let page = await repeat(session, signal, firstPage);
  for (;;) {
    const list = unwrapList(page.body);
    if (list === undefined)
      throw new RenewdError('provider-protocol', `Resello: ${command} answered no list`);
    rows.push(...list);
    const address = nextPage(page.body, page.link);
    if (address === undefined) return { rows, complete: true };
    if (seen.has(address) || seen.size >= pagesMax) return { rows, complete: false };
    seen.add(address);
    page = await repeat(session, signal, () => session.client.more(command, address, signal));
  }
}

/** Undefined instead of an error of one of the kinds. */
export async function quietOn<T>(kinds: readonly ErrorKind[], promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (thrown) {
    if (hasKind(thrown, ...kinds)) return undefined;
    throw thrown;
  }
}
