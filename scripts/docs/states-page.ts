/** docs/states.md: the states of a renewal, every possible step between them, and the reasons of decisions. */
import { isTerminal, renewalStates, type RenewalState } from '../../src/core/renewal.ts';
import { reasons } from '../../src/renewal/plan/reasons.ts';
import { transitions, type RenewalEvent } from '../../src/renewal/state-machine.ts';
import { code, madeFrom, markdownTable } from './table.ts';

/** A state that is missing here does not compile. */
const meanings: Readonly<Record<RenewalState, string>> = {
  planned: 'Decided on. Key, CSR, price and the spending limits come next; nothing has been sent.',
  ordering: 'The intent to order is committed; the call is on its way.',
  'order-unconfirmed': 'The answer to the order was lost. It is looked up, never sent again.',
  'awaiting-dcv': 'The order exists; proof of control is published and looked at.',
  'awaiting-issuance': 'The proof is visible everywhere; the provider is asked for the certificate.',
  issued: 'A certificate with our key came; it is verified next.',
  verified: 'The certificate is good; it is put in place next, inside the window for deploying.',
  deployed: 'The set is in place and the reload command has run; the endpoints are asked next.',
  served: 'Every configured endpoint serves the new certificate. Done.',
  blocked: 'Needs a person, or waits for a limit, an account or a publisher to be mended.',
  failed: 'Given up. A new renewal begins after a pause that grows with the failures in a row.',
  superseded:
    'Overtaken: the entry left the inventory, got more names or another provider before anything was ordered, or in an emergency a second provider was asked instead.',
};

/** An event that is missing here does not compile. */
const happenings: Readonly<Record<RenewalEvent, string>> = {
  hold: 'a pause, a reading without news, or a retry of something that may be repeated',
  'order-intended': 'the intent to order is committed',
  'order-accepted': 'the provider has the order and wants control proved',
  'order-accepted-proved': 'the provider has the order and asks for no proof',
  'order-not-applied': 'the order is known not to have been placed; it may be sent again',
  'answer-lost': 'no certain answer came, or the process ended between intent and answer',
  'order-found': 'looked up, or told by a person: the order exists',
  'order-absent': 'looked up, or told by a person: there is no order',
  'control-shown': 'the proof is visible at every authoritative server',
  'challenges-changed': 'the provider asks for other proof than before',
  'certificate-issued': 'the provider handed out a certificate with our key',
  'certificate-stale': 'what came is an earlier certificate of the same order',
  'certificate-verified': 'all checks passed, or the certificate was verified before',
  'set-deployed': 'files are switched and the reload command succeeded',
  'deployment-undone':
    'writing, reloading or serving failed; the previous set is back where it could be put back',
  'served-seen': 'every endpoint serves it, or none is configured',
  'needs-person': 'trying again by itself cannot help, or not now',
  released: 'what blocked is looked at again, or a person said so',
  'gave-up': 'refused for good, ended by the provider, or given up by a person',
  superseded:
    'the entry is no longer in the inventory, or got more names or another provider before anything was ordered',
  overtaken: 'an emergency: the second provider is asked instead',
};

function stepsFrom(state: RenewalState): string {
  const rows = transitions()
    .filter(({ from }) => from === state)
    .map(({ event, to }) => [code(event), happenings[event], code(to)]);
  return rows.length === 0
    ? 'The end of a renewal.'
    : markdownTable(['event', 'what happened', 'next state'], rows);
}

export function statesPage(): string {
  const parts = [
    '# States and reasons',
    '',
    madeFrom('src/renewal/state-machine.ts and src/renewal/plan/reasons.ts'),
    '',
    'A *renewal* is one attempt to replace, or to deploy again, one certificate of the inventory. At most one is open for each',
    'certificate; the store refuses a second. What to do in each state: [operations.md](operations.md).',
    '',
    '## States of a renewal',
    '',
    markdownTable(
      ['state', 'meaning', 'open'],
      renewalStates.map((state) => [code(state), meanings[state], isTerminal(state) ? 'no' : 'yes']),
    ),
    '',
    '## Steps',
    '',
    'A pair of state and event that is not listed cannot happen; meeting one is the error `state-impossible`.',
  ];
  for (const state of renewalStates) parts.push('', `### ${state}`, '', stepsFrom(state));
  parts.push(
    '',
    '## Reasons of decisions',
    '',
    'Shown by `renewd plan`, `renewd status NAME` and in the ledger. The codes are stable; the sentences beside them are for people.',
    '',
    markdownTable(
      ['reason', 'meaning'],
      Object.entries(reasons).map(([reason, meaning]) => [code(reason), meaning]),
    ),
    '',
  );
  return parts.join('\n');
}
