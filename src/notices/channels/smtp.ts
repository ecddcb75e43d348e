/** A channel that sends plain text mail by SMTP. */
import { createTransport } from 'nodemailer';
import { RenewdError } from '../../core/errors.ts';
import type { SmtpConfig } from '../../core/notices.ts';
import { oneLine } from '../text.ts';
import type { Channel } from './channel.ts';

export type OpenSmtp = Omit<SmtpConfig, 'user' | 'password'> & {
  readonly login?: { readonly user: string; readonly password: string };
};

const responseBytesMax = 64 * 1024;
const reasonCharactersMax = 300;

/** The server's own words are worth reading; they are made one line. */
function failed(host: string, thrown: unknown): RenewdError {
  const why = thrown instanceof Error ? oneLine(thrown.message, reasonCharactersMax) : 'unknown failure';
  return new RenewdError('notice-failed', `mail by ${host} failed: ${why}`, { cause: thrown });
}

export function smtpChannel({ host, port, tls, from, to, login, timeoutMs }: OpenSmtp): Channel {
  return {
    async send({ id, level, subject, text }, signal) {
      const timeout = AbortSignal.timeout(timeoutMs);
      const transport = createTransport({
        host,
        port,
        secure: tls === 'implicit',
        requireTLS: tls === 'starttls',
        ignoreTLS: tls === 'none',
        ...(login === undefined ? {} : { auth: { user: login.user, pass: login.password } }),
        // Who has a login is not to send without it because a server, or someone before it, offers none.
        forceAuth: login !== undefined,
        connectionTimeout: timeoutMs,
        greetingTimeout: timeoutMs,
        socketTimeout: timeoutMs,
        dnsTimeout: timeoutMs,
        maxResponseSize: responseBytesMax,
        tls: { minVersion: 'TLSv1.2' },
        logger: false,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      try {
        const { rejected } = await transport.sendMail({
          from: { name: 'renewd', address: from },
          to: [...to],
          subject: oneLine(subject, subject.length),
          text,
          // Readable as it lies in a queue or a log.
          textEncoding: 'quoted-printable',
          headers: {
            // RFC 3834 §5: nobody's holiday is to answer.
            'Auto-Submitted': 'auto-generated',
            'X-Renewd-Level': level,
            'X-Renewd-Notice': id,
          },
          signal: AbortSignal.any([signal, timeout]),
        });
        if (rejected.length === 0) return undefined;
        return `${host} refused ${oneLine(rejected.join(', '), reasonCharactersMax)}`;
      } catch (thrown) {
        throw timeout.aborted
          ? new RenewdError('notice-failed', `mail by ${host} timed out`, { cause: thrown })
          : failed(host, thrown);
      } finally {
        transport.close();
      }
    },
  };
}
