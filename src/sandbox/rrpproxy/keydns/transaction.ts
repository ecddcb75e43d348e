/** `cltrid` and `svtrid`: a client's own number for a request, answered with one of the server's. DNS commands only. */
import { Refusal, value } from '../answers.ts';
import type { Command, CommandContext } from '../command.ts';
import type { Parameters } from '../parameters.ts';
import type { Answer } from '../wire.ts';

export async function withTransaction(
  context: CommandContext,
  parameters: Parameters,
  run: Command,
): Promise<Answer> {
  const id = parameters.text('cltrid');
  if (id === undefined) return await run(context, parameters);
  const { world, account } = context;
  // Another one with each request, says the page.
  if (account.transactionIds.has(id)) throw new Refusal(540, 'CLTRID');
  account.transactionIds.add(id);
  const answer = await run(context, parameters);
  const serverId = `SVTRID-${String(world.nextTransaction).padStart(8, '0')}`;
  world.nextTransaction += 1;
  return {
    ...answer,
    properties: [...answer.properties, ...value('cltrid', id), ...value('svtrid', serverId)],
  };
}
