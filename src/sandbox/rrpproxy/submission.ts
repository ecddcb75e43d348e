/** Handing a request to the CA, for both APIs: what it refuses becomes the vendor's answer. */
import type { CaOrder, CaOrderRequest } from '../contract.ts';
import { Refusal, value } from './answers.ts';
import type { CommandContext } from './command.ts';
import { steerOf } from './steering.ts';
import { failureId } from './world.ts';

/** With the id good for nothing but the support, where the options give one. */
function caFailure({ world }: CommandContext, reason: string): Refusal {
  return new Refusal(549, reason, world.options.failureIds ? value('certificate', failureId(world)) : []);
}

/** Throws the CA's refusal. */
export function submitToCa(context: CommandContext, request: CaOrderRequest): CaOrder {
  const { ca, options } = context.world;
  const steer = steerOf(request.names, options);
  const refused =
    options.caRefuses?.(request.names) ?? (steer === 'refuse' ? 'the CA refuses this name' : undefined);
  if (refused !== undefined) throw caFailure(context, refused);
  let order: CaOrder;
  try {
    order = ca.submit(request);
  } catch (error) {
    throw caFailure(context, error instanceof Error ? error.message : 'the CA refused the request');
  }
  if (steer === 'fail') ca.fail(order.id, 'the CA could not vet this name');
  return order;
}

/** Immediate issuance: the CA looks at once, and what it does not see never was an order. */
export async function issueAtOnce(context: CommandContext, submitted: CaOrder): Promise<CaOrder> {
  const { ca } = context.world;
  const looked = await ca.recheck(submitted.id);
  if (looked.status === 'pending' && !looked.checks.every(({ fulfilled }) => fulfilled)) {
    ca.cancel(looked.id);
    throw caFailure(context, 'the CA could not see the validation token');
  }
  // A CA that saw the token but takes its time leaves the order in progress like any other.
  if (looked.status === 'failed') throw caFailure(context, looked.failure ?? 'the CA refused the request');
  return looked;
}
