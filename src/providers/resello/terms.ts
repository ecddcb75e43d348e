/**
 * When the paid term ends. The document has no field for it, and without an answer the next certificate would be bought
 * instead of being reissued free of charge: so it is taken from `expires` where that must be the term's end, and else
 * from the beginning of the order and the length of its plan.
 */
import { dayMs } from '../../core/durations.ts';
import { hasKind } from '../../core/errors.ts';
import { capabilities } from './capabilities.ts';
import type { Leaf } from './downloads.ts';
import { certificateSchema, parseAs, type Certificate } from './schema.ts';
import { planTermsOf, type Session } from './session.ts';
import { unwrapObject } from './wire.ts';

/** CAs round, and clocks differ. */
const toleranceMs = 3 * dayMs;

/** A plan that cannot be read is taken for a year (`capabilities.termDays`) that can be renewed in its last quarter. */
const usualMonths = Math.round(capabilities.termDays / 30.4);
const usualWindowDays = 90;

/** Terms that one certificate may have had; also the bound on a date that makes no sense. */
const termsMax = 60;

/**
 * An expiry that lies behind the leaf's is the term's. Otherwise the first whole term from the order on that holds the
 * leaf: no leaf outlasts its term. A leaf from the days in which a renewal is possible, and ending before the term does,
 * may be of either term: then nothing is said, and what was learnt when it was ordered stays.
 */
export async function paidUntilOf(
  session: Session,
  certificate: Certificate,
  leaf: Leaf,
  signal: AbortSignal,
): Promise<Date | undefined> {
  const { expires, createdAt, plan } = certificate;
  if (expires !== undefined && expires.getTime() > leaf.notAfter.getTime() + toleranceMs) return expires;
  if (createdAt === undefined) return undefined;
  const { months, windowDays } = await termsOf(session, plan, signal);
  const end = termEnd(createdAt, months, leaf.notAfter.getTime() - toleranceMs);
  if (end === undefined) return undefined;
  const windowOpensMs = end.getTime() - windowDays * dayMs - toleranceMs;
  const endsBefore = leaf.notAfter.getTime() < end.getTime() - toleranceMs;
  return endsBefore && leaf.notBefore.getTime() >= windowOpensMs ? undefined : end;
}

/**
 * What a renewal pays for: another term behind the one that ends next. Asked before the order is sent, and not again if
 * that fails: nothing has happened then. Undefined when the certificate cannot be understood.
 */
export async function renewedUntil(
  session: Session,
  id: string,
  signal: AbortSignal,
): Promise<Date | undefined> {
  let certificate: Certificate;
  try {
    certificate = parseAs(
      certificateSchema,
      unwrapObject(await session.client.read(id, signal)),
      'a certificate',
    );
  } catch (thrown) {
    // Not worth losing a renewal for.
    if (hasKind(thrown, 'protocol')) return undefined;
    throw thrown;
  }
  const { createdAt, plan } = certificate;
  if (createdAt === undefined) return undefined;
  const { months } = await termsOf(session, plan, signal);
  const current = termEnd(createdAt, months, session.clock.now().getTime());
  return current === undefined ? undefined : addMonths(current, months);
}

async function termsOf(
  session: Session,
  plan: Certificate['plan'],
  signal: AbortSignal,
): Promise<{ readonly months: number; readonly windowDays: number }> {
  const known = plan === undefined ? undefined : await planTermsOf(session, plan.id, signal);
  return {
    months: plan?.interval ?? known?.months ?? usualMonths,
    windowDays: known?.windowDays ?? usualWindowDays,
  };
}

/** The first whole number of terms that ends at `atMs` or later. */
function termEnd(createdAt: Date, months: number, atMs: number): Date | undefined {
  for (let terms = 1; terms <= termsMax; terms += 1) {
    const end = addMonths(createdAt, months * terms);
    if (end.getTime() >= atMs) return end;
  }
  return undefined;
}

/** The last day of a month stays the last day. */
function addMonths(start: Date, months: number): Date {
  const end = new Date(start);
  end.setUTCMonth(end.getUTCMonth() + months);
  if (end.getUTCDate() !== start.getUTCDate()) end.setUTCDate(0);
  return end;
}
