/**
 * States × events of a renewal: one table, pure. A pair that is not in it cannot happen; meeting one is a bug of ours
 * and stops the renewal instead of guessing.
 */
import { RenewdError } from '../core/errors.ts';
import { renewalStates, type RenewalState } from '../core/renewal.ts';

export const renewalEvents = [
  /** Still in the same state: a pause, a poll without news, a retry of something repeatable. */
  'hold',
  /** The intent to order is committed; the call follows. */
  'order-intended',
  /** The provider has the order and wants control proved. */
  'order-accepted',
  /** The provider has the order and wants nothing (more) published. */
  'order-accepted-proved',
  /** Known not to have been applied: may be sent again. */
  'order-not-applied',
  /** The answer was lost, or the process died between intent and answer. */
  'answer-lost',
  /** Looked up: the order exists. */
  'order-found',
  /** Looked up: proved not to exist. */
  'order-absent',
  /** Evidence is published and visible at every authoritative server. */
  'control-shown',
  /** The provider asks for other evidence than before. */
  'challenges-changed',
  'certificate-issued',
  /** What came is not what was ordered: an older certificate of the same order, most likely. */
  'certificate-stale',
  'certificate-verified',
  'set-deployed',
  /** Writing, reloading or serving failed; the previous set is back in place. */
  'deployment-undone',
  'served-seen',
  'needs-person',
  /** A person decided, or what blocked has passed. */
  'released',
  'gave-up',
  /** The inventory entry is gone, or an operator withdrew it. */
  'superseded',
  /** An emergency: a second provider is asked instead. Only where nothing, or only a free reissue, was ordered. */
  'overtaken',
] as const;
export type RenewalEvent = (typeof renewalEvents)[number];

type Row = Partial<Record<RenewalEvent, RenewalState>>;

const table: Readonly<Record<RenewalState, Row>> = {
  planned: {
    hold: 'planned',
    'order-intended': 'ordering',
    'certificate-verified': 'verified',
    'needs-person': 'blocked',
    'gave-up': 'failed',
    superseded: 'superseded',
    overtaken: 'superseded',
  },
  ordering: {
    'order-accepted': 'awaiting-dcv',
    'order-accepted-proved': 'awaiting-issuance',
    'order-not-applied': 'planned',
    'answer-lost': 'order-unconfirmed',
    'needs-person': 'blocked',
    'gave-up': 'failed',
  },
  'order-unconfirmed': {
    hold: 'order-unconfirmed',
    'order-found': 'awaiting-dcv',
    'order-absent': 'planned',
    'needs-person': 'blocked',
  },
  'awaiting-dcv': {
    hold: 'awaiting-dcv',
    'control-shown': 'awaiting-issuance',
    'certificate-issued': 'issued',
    'needs-person': 'blocked',
    'gave-up': 'failed',
    overtaken: 'superseded',
  },
  'awaiting-issuance': {
    hold: 'awaiting-issuance',
    'challenges-changed': 'awaiting-dcv',
    'certificate-issued': 'issued',
    'needs-person': 'blocked',
    'gave-up': 'failed',
    overtaken: 'superseded',
  },
  issued: {
    hold: 'issued',
    'certificate-verified': 'verified',
    'certificate-stale': 'awaiting-issuance',
    'needs-person': 'blocked',
  },
  verified: {
    hold: 'verified',
    'set-deployed': 'deployed',
    'deployment-undone': 'verified',
    'needs-person': 'blocked',
    superseded: 'superseded',
  },
  deployed: {
    hold: 'deployed',
    'served-seen': 'served',
    'deployment-undone': 'verified',
  },
  blocked: {
    hold: 'blocked',
    released: 'planned',
    'order-found': 'awaiting-dcv',
    'order-absent': 'planned',
    'gave-up': 'failed',
    superseded: 'superseded',
    overtaken: 'superseded',
  },
  served: {},
  failed: {},
  superseded: {},
};

/** The state after `event`. Throws RenewdError `state-impossible` for a pair that cannot happen. */
export function nextState(state: RenewalState, event: RenewalEvent): RenewalState {
  const next = table[state][event];
  if (next === undefined) {
    throw new RenewdError(
      'state-impossible',
      `the event "${event}" cannot happen to a renewal that is "${state}"`,
      {
        fields: { state, event },
      },
    );
  }
  return next;
}

/** Every possible pair, for documentation and for tests that must not miss a new state. */
export function transitions(): readonly { from: RenewalState; event: RenewalEvent; to: RenewalState }[] {
  return renewalStates.flatMap((from) =>
    renewalEvents.flatMap((event) => {
      const to = table[from][event];
      return to === undefined ? [] : [{ from, event, to }];
    }),
  );
}
