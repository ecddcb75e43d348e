/**
 * Logs: pino as JSON, or for people on a terminal. Two nets against secrets: the Secret type never prints its value, and
 * every value that was ever revealed from the configuration is scrubbed from the finished line.
 */
import type { Logger } from '../contracts/platform.ts';
import { secretForms } from '../core/secret-forms.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface Scrubber {
  /** Texts of fewer than 4 characters would turn logs into confetti and are not registered. */
  register(secret: string): void;
  scrub(text: string): string;
}

export function createScrubber(): Scrubber {
  /** Longest first: a secret that begins like another must not leave the rest of the longer one standing. */
  let forms: readonly string[] = [];
  return {
    register(secret) {
      if (secret.length < 4) return;
      forms = [...new Set([...forms, ...secretForms(secret)])].sort((a, b) => b.length - a.length);
    },
    scrub(text) {
      let clean = text;
      for (const form of forms) if (clean.includes(form)) clean = clean.replaceAll(form, '[secret]');
      return clean;
    },
  };
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** For people: one coloured line each; needs pino-pretty. */
  readonly pretty: boolean;
  readonly scrubber: Scrubber;
  readonly write: (line: string) => void;
}

/** Paths that no code of ours fills with secrets; should it ever happen, they are cut here. */
const redacted = [
  'password',
  'secret',
  'token',
  'authorization',
  'key',
  '*.password',
  '*.secret',
  '*.token',
  '*.authorization',
];

export async function createLogger({ level, pretty, scrubber, write }: LoggerOptions): Promise<Logger> {
  const { pino, stdSerializers, stdTimeFunctions } = await import('pino');
  const sink = { write: (line: string) => write(scrubber.scrub(line)) };
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    redact: { paths: redacted, censor: '[secret]' },
    serializers: { err: stdSerializers.err },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const plain = (stream: { write: (line: string) => void }): Logger => pino(options, stream);
  if (!pretty) return plain(sink);
  const { prettyFactory } = await import('pino-pretty');
  const format = prettyFactory({
    colorize: process.stderr.isTTY && (process.env['NO_COLOR'] ?? '') === '',
    singleLine: true,
    translateTime: 'HH:MM:ss',
  });
  return plain({ write: (line) => sink.write(format(line)) });
}
