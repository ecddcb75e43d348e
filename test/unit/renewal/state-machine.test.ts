/** States × events: every pair is in the table or refused, and the table leads somewhere. */
import { describe, expect, test } from 'vitest';
import { isTerminal, renewalStates, terminalStates, type RenewalState } from '../../../src/core/renewal.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import {
  nextState,
  renewalEvents,
  transitions,
  type RenewalEvent,
} from '../../../src/renewal/state-machine.ts';

const listed = new Map(transitions().map(({ from, event, to }) => [`${from} ${event}`, to]));

function reachable(start: RenewalState): ReadonlySet<RenewalState> {
  const seen = new Set<RenewalState>([start]);
  for (const state of seen) for (const { from, to } of transitions()) if (from === state) seen.add(to);
  return seen;
}

/** The next state, or the error in words. */
function outcomeOf(state: RenewalState, event: RenewalEvent): string {
  try {
    return nextState(state, event);
  } catch (thrown) {
    if (thrown instanceof RenewdError) return `${thrown.code}: ${thrown.message}`;
    throw thrown;
  }
}

describe('the table', () => {
  const pairs = renewalStates.flatMap((state) => renewalEvents.map((event) => ({ state, event })));

  test.each(pairs)('$state × $event', ({ state, event }) => {
    const to = listed.get(`${state} ${event}`);
    expect(outcomeOf(state, event)).toBe(
      to ?? `state-impossible: the event "${event}" cannot happen to a renewal that is "${state}"`,
    );
  });

  test('has no pair twice and no pair for nothing', () => {
    expect(listed.size).toBe(transitions().length);
    expect(listed.size).toBeGreaterThan(40);
    const used = new Set(transitions().map(({ event }) => event));
    expect(renewalEvents.filter((event) => !used.has(event))).toEqual([]);
  });

  test('nothing leaves an end', () => {
    expect(terminalStates.flatMap((end) => transitions().filter(({ from }) => from === end))).toEqual([]);
    expect(renewalStates.filter(isTerminal)).toEqual([...terminalStates]);
  });
});

describe('reachability', () => {
  test('every state can be reached from planned', () => {
    expect([...reachable('planned')].sort()).toEqual([...renewalStates].sort());
  });

  test.each(renewalStates.filter((state) => !isTerminal(state)))(
    '%s can end well, and can end badly',
    (state) => {
      const ends = reachable(state);
      expect(ends.has('served')).toBe(true);
      expect(ends.has('failed')).toBe(true);
      expect(ends.has('blocked')).toBe(true);
    },
  );

  test('the straight way', () => {
    const way: readonly (readonly [RenewalEvent, RenewalState])[] = [
      ['hold', 'planned'],
      ['order-intended', 'ordering'],
      ['order-accepted', 'awaiting-dcv'],
      ['control-shown', 'awaiting-issuance'],
      ['certificate-issued', 'issued'],
      ['certificate-verified', 'verified'],
      ['set-deployed', 'deployed'],
      ['served-seen', 'served'],
    ];
    let state: RenewalState = 'planned';
    for (const [event, expected] of way) {
      state = nextState(state, event);
      expect(state).toBe(expected);
    }
  });
});

describe('money', () => {
  /** An order may exist at the provider. */
  const mayHoldOrder: readonly RenewalState[] = [
    'ordering',
    'order-unconfirmed',
    'awaiting-dcv',
    'awaiting-issuance',
    'issued',
    'verified',
    'deployed',
    'blocked',
  ];

  test('only proof, or a person, leads from a possible order back to where one is placed', () => {
    const back = transitions().filter(({ from, to }) => mayHoldOrder.includes(from) && to === 'planned');
    const proofs: readonly RenewalEvent[] = ['order-absent', 'order-not-applied', 'released'];
    expect(back.filter(({ event }) => !proofs.includes(event))).toEqual([]);
    expect(back.map(({ from, event }) => `${from} ${event}`).sort()).toEqual([
      'blocked order-absent',
      'blocked released',
      'order-unconfirmed order-absent',
      'ordering order-not-applied',
    ]);
  });

  test('an order is placed from one state by one event only', () => {
    expect(transitions().filter(({ to }) => to === 'ordering')).toEqual([
      { from: 'planned', event: 'order-intended', to: 'ordering' },
    ]);
  });

  test('a doubtful order never waits in the state that sends', () => {
    expect(() => nextState('ordering', 'hold')).toThrow(
      expect.objectContaining({ code: 'state-impossible' }),
    );
    expect(nextState('ordering', 'answer-lost')).toBe('order-unconfirmed');
  });

  test('an order whose fate is unknown is never given up for another provider', () => {
    const given = transitions()
      .filter(({ event }) => event === 'overtaken')
      .map(({ from }) => from);
    expect(given.sort()).toEqual(['awaiting-dcv', 'awaiting-issuance', 'blocked', 'planned']);
  });

  test('a doubtful or running order is never called superseded', () => {
    const dropped = transitions()
      .filter(({ event }) => event === 'superseded')
      .map(({ from }) => from);
    expect(dropped.sort()).toEqual(['blocked', 'planned', 'verified']);
  });

  test('what was refused on the way to being deployed is deployed again, not ordered again', () => {
    expect(nextState('deployed', 'deployment-undone')).toBe('verified');
    expect(nextState('verified', 'deployment-undone')).toBe('verified');
  });
});
