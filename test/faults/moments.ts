/** The moment at which a renewal comes into a state: the same for every state that is not the end, with what leads there. */
import { isTerminal, type RenewalState } from '../../src/core/renewal.ts';
import { transitions } from '../../src/renewal/state-machine.ts';
import type { World } from '../builders/world/contract.ts';

export type OpenState = Exclude<RenewalState, 'served' | 'failed' | 'superseded'>;

function isOpen(state: RenewalState): state is OpenState {
  return !isTerminal(state);
}

/** Of the state table: a state that is added there is asked about here at once. */
export const states: readonly OpenState[] = [
  ...new Set(transitions().flatMap(({ from, to }) => [from, to])),
].filter(isOpen);

/** Commands that begin an order, by the resellers' own names. */
export const ordering: readonly RegExp[] = [
  /^(Add|Renew|Reissue)Certificate$/,
  /^(POST \/certificate|PUT \/certificate\/\{id\}(\/_renew)?|40010[126])$/,
  /^(Create|Renew|Reissue)SSLCert$/,
  /^POST \/ssl-certificate(\/\{id\}\/(reissue|renew))?$/,
];

/** What the order has to meet for the renewal to come into the state; the others lie on the plain way. */
const detours: Readonly<Record<OpenState, 'lose-answer' | 'no-funds' | undefined>> = {
  planned: undefined,
  ordering: undefined,
  'order-unconfirmed': 'lose-answer',
  'awaiting-dcv': undefined,
  'awaiting-issuance': undefined,
  issued: undefined,
  verified: undefined,
  deployed: undefined,
  blocked: 'no-funds',
};

const noFunds: Readonly<Record<string, string>> = { rrpproxy: '546', internetx: '402' };

/** The request that may cost money, not the same command asked for its price only. */
export function isOrder(world: World, command: string): boolean {
  return ordering.some((one) => one.test(command)) && world.passages.some(({ to }) => to === 'ordering');
}

/** Runs `then` once, in the middle of the work, when a renewal comes into `state`. Returns whether it has. */
export function comesInto(world: World, state: OpenState, then: () => void): () => boolean {
  let hasCome = false;
  world.onPassage = ({ to }) => {
    if (hasCome || to !== state) return;
    hasCome = true;
    then();
  };
  const detour = detours[state];
  let met = detour === undefined;
  world.interfere((vendor, command) => {
    if (met || !isOrder(world, command)) return undefined;
    met = true;
    return detour === 'lose-answer'
      ? { vendor, kind: 'lose-answer' }
      : { vendor, kind: 'code', code: noFunds[vendor] ?? '402' };
  });
  return () => hasCome;
}
