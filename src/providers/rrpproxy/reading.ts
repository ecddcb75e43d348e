/** One look at an order, made of an answer: ids, state, what to publish, what was issued. */
import type { OrderHandle } from '../../contracts/order.ts';
import { hostNames } from '../../vendors/command-text/fields.ts';
import type { ReadingResult } from '../../vendors/command-text/orders.ts';
import { readChallenges } from '../../vendors/rrpproxy/challenges.ts';
import { readingOf } from '../../vendors/rrpproxy/reading.ts';
import type { CertificateAnswer } from './schema.ts';

/** `names`: those of the request; where only an answer is at hand, the answer's own are used. */
export function toReading(
  answer: CertificateAnswer,
  known: { readonly handle?: OrderHandle; readonly names?: readonly string[] },
): ReadingResult {
  const names = hostNames(answer.domains);
  const { migratedTo, paidUntil, price } = answer;
  return readingOf(answer, {
    orderId: answer.orderId ?? known.handle?.orderId,
    certificateId: answer.certificateId ?? known.handle?.certificateId,
    names,
    challenges: () => readChallenges(answer, known.names ?? names),
    moved:
      migratedTo === undefined
        ? undefined
        : `The certificate was moved to API 2 as ${migratedTo}; adopt that one instead.`,
    ...(paidUntil === undefined ? {} : { paidUntil }),
    ...(price === undefined ? {} : { price }),
  });
}
