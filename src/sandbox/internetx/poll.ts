/** One queue per user, first in first out, shared by everything that happens to the user's objects. */
import type { RouteContext } from './context.ts';
import { localTime } from './dates.ts';
import { ApiError } from './envelope.ts';
import type { Envelope } from './envelope.ts';
import { addMessage } from './outcomes.ts';
import { ownerJson } from './world.ts';
import type { User, World } from './world.ts';

export function pollInfo({ user }: RouteContext): Envelope {
  const message = user.queue[0];
  if (message === undefined) return { code: 'S0905', type: 'SUCCESS' };
  message.delivered = true;
  return {
    code: 'S0905',
    type: 'SUCCESS',
    object: { type: 'message', value: String(message.id), summary: user.queue.length },
    data: [
      { id: message.id, owner: ownerJson(user), created: localTime(message.createdAt), ...message.body },
    ],
  };
}

export function pollConfirm({ world, user, id }: RouteContext): Envelope {
  const at = user.queue.findIndex((message) => message.id === id);
  const [message] = at < 0 ? [] : user.queue.splice(at, 1);
  if (message === undefined) throw new ApiError('0906', [{ text: `There is no unconfirmed message ${id}.` }]);
  user.confirmed.push(message);
  return {
    code: 'S0906',
    type: 'SUCCESS',
    object: {
      type: 'message',
      value: String(id),
      ...(world.options.confirmSummary ? { summary: user.queue.length } : {}),
    },
  };
}

/** By turns the result of a domain job and a notice without a job. */
export function addForeignMessage(world: World, user: User): void {
  const now = world.clock.now();
  world.foreignEvents += 1;
  const object = { type: 'Domain', value: 'unrelated.example', data: { name: 'unrelated.example' } };
  if (world.foreignEvents % 2 === 0) {
    addMessage(world, user, { notify: { type: 'domain_away' }, object }, now);
    return;
  }
  const at = localTime(now);
  const job = {
    created: at,
    updated: at,
    status: 'SUCCESS',
    execution: at,
    id: world.nextJobId,
    type: 'domain',
    action: 'transfer',
  };
  world.nextJobId += 1;
  addMessage(world, user, { job, stid: 'somebody-elses-transaction', object }, now);
}

/** A message confirmed already stands at the head of the queue again. */
export function repeatLastMessage(user: User): void {
  const message = user.confirmed.pop();
  if (message !== undefined) user.queue.unshift(message);
}
