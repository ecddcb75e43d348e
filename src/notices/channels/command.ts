/** A channel that runs a program: the notice on its standard input, the gist in its environment. */
import type { Processes } from '../../contracts/platform.ts';
import { RenewdError, toRenewdError } from '../../core/errors.ts';
import type { CommandConfig } from '../../core/notices.ts';
import { oneLine } from '../text.ts';
import type { Channel } from './channel.ts';

const outputCharactersMax = 300;

export function commandChannel(
  { command, timeoutMs }: CommandConfig,
  processes: Pick<Processes, 'run'>,
): Channel {
  const [program = ''] = command;
  const failed = (why: string, cause?: unknown): RenewdError =>
    new RenewdError('notice-failed', `${program} ${why}`, cause === undefined ? {} : { cause });
  return {
    async send({ id, level, subject, payload, total }, signal) {
      const env = {
        RENEWD_NOTICE_ID: id,
        RENEWD_NOTICE_LEVEL: level,
        RENEWD_NOTICE_SUBJECT: subject,
        RENEWD_NOTICE_TOTAL: String(total),
      };
      const result = await processes
        .run(command, { timeoutMs, env, input: `${payload}\n`, signal })
        .catch((thrown: unknown) => {
          throw failed(`could not be started: ${toRenewdError(thrown).message}`, thrown);
        });
      if (signal.aborted) throw failed('was cut short');
      if (result.timedOut) throw failed(`took longer than ${timeoutMs / 1000} s`);
      if (result.exitCode === 0) return undefined;
      const said = oneLine(result.stderr, outputCharactersMax);
      const how = result.signal ?? `exit code ${String(result.exitCode)}`;
      throw failed(`failed (${how})${said === '' ? '' : `: ${said}`}`);
    },
  };
}
