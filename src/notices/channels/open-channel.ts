/** From the settings of a channel to the channel: secrets are read for each message, and nothing of them is kept. */
import type { Clock, Processes } from '../../contracts/platform.ts';
import type { SecretSource } from '../../core/certificate.ts';
import type { ChannelConfig } from '../../core/notices.ts';
import type { Channel } from './channel.ts';

export interface ChannelDependencies {
  readonly clock: Clock;
  readonly processes: Processes;
  /** Throws RenewdError `secret-unreadable`. */
  readonly secret: (source: SecretSource) => Promise<string>;
}

export async function openChannel(
  config: ChannelConfig,
  { clock, processes, secret }: ChannelDependencies,
): Promise<Channel> {
  switch (config.type) {
    case 'webhook': {
      const { webhookChannel } = await import('./webhook.ts');
      const { url, timeoutMs } = config;
      const key = await secret(config.secret);
      return webhookChannel(
        { url: typeof url === 'string' ? url : await secret(url), secret: key, timeoutMs },
        clock,
      );
    }
    case 'smtp': {
      const { smtpChannel } = await import('./smtp.ts');
      const { user, password, ...rest } = config;
      if (user === undefined || password === undefined) return smtpChannel(rest);
      return smtpChannel({ ...rest, login: { user, password: await secret(password) } });
    }
    case 'command': {
      const { commandChannel } = await import('./command.ts');
      return commandChannel(config, processes);
    }
  }
}
