/** Faults on the way to and from the resellers: connections lost before and after, answers cut, "try again" after all. */
import { expect } from 'vitest';
import { createWorld } from '../builders/world.ts';
import type { World } from '../builders/world/contract.ts';
import { isChosen, troubleWith } from './choice.ts';
import type { Flow } from './flows.ts';
import { ordering } from './moments.ts';
import { allOf, assertServedOnce, enter, runPrepared, runToEnd } from './run.ts';

const networkFaults = ['drop-before', 'lose-answer', 'code-after', 'truncate'] as const;
type NetworkFault = (typeof networkFaults)[number];

/** What each reseller says when it means "try again"; EPP and HEXONET's API have the numbers of RFC 5730. */
const tryAgain: Readonly<Record<string, string>> = { rrpproxy: '421', hexonet: '421', resello: '503' };

/** Lets `choose` decide about each request to a reseller, counted from 0. */
function steer(world: World, choose: (index: number, command: string) => NetworkFault | undefined): void {
  let requests = 0;
  world.interfere((vendor, command) => {
    const kind = choose(requests, command);
    requests += 1;
    return kind === undefined ? undefined : { vendor, kind, code: tryAgain[vendor] ?? '500' };
  });
}

/** Every request of a clean run with a fault of the network or the reseller; a default run takes more of those that order. */
export async function injureRequests(flow: Flow): Promise<string> {
  const commands: string[] = [];
  const world = await createWorld(flow.options);
  steer(world, (_, command) => {
    commands.push(command);
    return undefined;
  });
  await enter(world, flow);
  await runToEnd(world);
  await assertServedOnce(world, flow);
  await world.close();
  const faults = commands.flatMap((command, index) =>
    networkFaults.map((kind) => {
      const label = `${flow.title}: request ${index} ${command} ${kind}`;
      return { command, index, kind, label, always: ordering.some((one) => one.test(command)) };
    }),
  );
  expect(faults.filter(({ always }) => always).length).toBeGreaterThanOrEqual(4);
  const chosen = faults.filter(({ label, always }) => isChosen(label, always ? 4 : 24));
  const troubles = await allOf(chosen, ({ label, index, kind }) =>
    troubleWith(label, 'requests', () =>
      runPrepared(flow, (one) => steer(one, (request) => (request === index ? kind : undefined))),
    ),
  );
  return troubles.filter((one) => one !== undefined).join('\n\n');
}
