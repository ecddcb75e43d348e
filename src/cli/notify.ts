/** `renewd notify --test`: does what is told reach anybody. */
import { RenewdError, toRenewdError } from '../core/errors.ts';
import type { ChannelSettings } from '../core/notices.ts';
import { nearest } from '../settings/suggest.ts';
import type { CliContext, Command } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { configurationOf } from './shared.ts';

interface Result {
  readonly channel: string;
  readonly type: string;
  readonly sent: boolean;
  /** Why not, or who else does not get it. */
  readonly problem: string | null;
}

function chosen(channels: readonly ChannelSettings[], name: string | undefined): readonly ChannelSettings[] {
  if (channels.length === 0)
    throw new RenewdError('usage', 'the configuration has no channel under `notices`');
  if (name === undefined) return channels;
  const found = channels.filter((channel) => channel.name === name);
  if (found.length > 0) return found;
  const near = nearest(
    name,
    channels.map((channel) => channel.name),
  );
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  throw new RenewdError('usage', `there is no channel "${name}" under \`notices\`${hint}`);
}

async function send({ composer }: CliContext, channel: ChannelSettings): Promise<Result> {
  const of = { channel: channel.name, type: channel.config.type };
  try {
    return { ...of, sent: true, problem: (await composer.sendTestNotice(channel)) ?? null };
  } catch (thrown) {
    return { ...of, sent: false, problem: toRenewdError(thrown).message };
  }
}

export const notify: Command = async (context) => {
  const { output, names, options } = context;
  if (options['test'] !== true)
    throw new RenewdError('usage', 'notices are sent by the daemon; to send a test one, say --test');
  const channels = chosen((await configurationOf(context)).notices, names[0]);
  const results = await Promise.all(channels.map((channel) => send(context, channel)));
  if (options['json'] === true) output.json({ channels: results });
  else
    for (const { channel, type, sent, problem } of results) {
      const word = sent ? output.paint('good', 'sent') : output.paint('bad', 'failed');
      output.line(`${channel} (${type}): ${word}${problem === null ? '' : `: ${problem}`}`);
    }
  return results.every(({ sent }) => sent) ? exitCodes.ok : exitCodes.failed;
};
