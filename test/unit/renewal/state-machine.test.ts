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

/** The table once more, in other words: whoever changes the one has to mean it. */
const passages: readonly (readonly [from: RenewalState, ways: readonly string[]])[] = [
  [
    'planned',
    [
      'hold planned',
      'order-intended ordering',
      'certificate-verified verified',
      'needs-person blocked',
      'gave-up failed',
      'superseded superseded',
      'overtaken superseded',
    ],
  ],
  [
    'ordering',
    [
      'order-accepted awaiting-dcv',
      'order-accepted-proved awaiting-issuance',
      'order-not-applied planned',
      'answer-lost order-unconfirmed',
      'needs-person blocked',
      'gave-up failed',
    ],
  ],
  [
    'order-unconfirmed',
    ['hold order-unconfirmed', 'order-found awaiting-dcv', 'order-absent planned', 'needs-person blocked'],
  ],
  [
    'awaiting-dcv',
    [
      'hold awaiting-dcv',
      'control-shown awaiting-issuance',
      'certificate-issued issued',
      'needs-person blocked',
      'gave-up failed',
      'overtaken superseded',
    ],
  ],
  [
    'awaiting-issuance',
    [
      'hold awaiting-issuance',
      'challenges-changed awaiting-dcv',
      'certificate-issued issued',
      'needs-person blocked',
      'gave-up failed',
      'overtaken superseded',
    ],
  ],
  [
    'issued',
    [
      'hold issued',
      'certificate-verified verified',
      'certificate-stale awaiting-issuance',
      'needs-person blocked',
    ],
  ],
  [
    'verified',
    [
      'hold verified',
      'set-deployed deployed',
      'deployment-undone verified',
      'needs-person blocked',
      'superseded superseded',
    ],
  ],
  ['deployed', ['hold deployed', 'served-seen served', 'deployment-undone verified']],
  [
    'blocked',
    [
      'hold blocked',
      'released planned',
      'order-found awaiting-dcv',
      'order-absent planned',
      'gave-up failed',
      'superseded superseded',
      'overtaken superseded',
    ],
  ],
  ['served', []],
  ['failed', []],
  ['superseded', []],
];

test.each(passages)('%s leads there and nowhere else', (state, ways) => {
  const found = transitions()
    .filter(({ from }) => from === state)
    .map(({ event, to }) => `${event} ${to}`);
  expect(found.sort()).toEqual([...ways].sort());
});

test('every state is among them', () => {
  expect(passages.map(([state]) => state).sort()).toEqual([...renewalStates].sort());
});

test('what is impossible names state and event for machines too', () => {
  expect(() => nextState('served', 'hold')).toThrow(
    expect.objectContaining({ fields: { state: 'served', event: 'hold' } }),
  );
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
