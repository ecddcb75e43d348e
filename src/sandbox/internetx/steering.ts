/**
 * Orders steered by the first label of the certificate's name (a wildcard's is the one behind `*.`), as the vendor's demo
 * system steers them by the name in the CSR.
 *
 * `refuse-…` the CSR is refused, when preparing and when ordering (EF01000);
 * `credit-…` the order is refused for lack of credit;
 * `fail-…`   the order is accepted and its job fails on the side of the CA (EF400139);
 * `slow-…`   the order lies for `slowMs` before the CA gets it, unless its job is restarted or tried again.
 */
import { withoutWildcard } from '../vendor-kit/names.ts';

export type Steering = 'refuse' | 'credit' | 'fail' | 'slow';

const STEERINGS: readonly Steering[] = ['refuse', 'credit', 'fail', 'slow'];

export function steeringOf(name: string): Steering | undefined {
  const bare = withoutWildcard(name);
  return STEERINGS.find((word) => bare.startsWith(`${word}-`));
}
