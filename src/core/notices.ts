/** Notices to people: how pressing they are, and the channels that the configuration names. Plain data. */
import { isIP } from 'node:net';
import type { SecretSource } from './certificate.ts';

/** What a trouble can be, least pressing first. `person`: it does not go on without somebody. */
export const troubleLevels = ['person', 'warning', 'urgent', 'expired'] as const;
export type TroubleLevel = (typeof troubleLevels)[number];

export const noticeLevels = [...troubleLevels, 'recovered'] as const;
export type NoticeLevel = (typeof noticeLevels)[number];

// Type aliases, not interfaces: the loader handles them as mappings, too.
export type WebhookConfig = {
  readonly type: 'webhook';
  /** https, or http to a loopback address. A URL with a token in it is a secret. */
  readonly url: string | SecretSource;
  /** Key of the signature. */
  readonly secret: SecretSource;
  readonly timeoutMs: number;
};

/** `none` is only accepted for a loopback host. */
export type SmtpTls = 'starttls' | 'implicit' | 'none';

export type SmtpConfig = {
  readonly type: 'smtp';
  readonly host: string;
  readonly port: number;
  readonly tls: SmtpTls;
  readonly from: string;
  readonly to: readonly string[];
  /** Both or none. */
  readonly user?: string;
  readonly password?: SecretSource;
  readonly timeoutMs: number;
};

export type CommandConfig = {
  readonly type: 'command';
  /** Program and arguments; no shell. */
  readonly command: readonly string[];
  readonly timeoutMs: number;
};

export type ChannelConfig = WebhookConfig | SmtpConfig | CommandConfig;

export interface ChannelSettings {
  readonly name: string;
  /** What it is told. */
  readonly levels: readonly NoticeLevel[];
  /** An urgent or expired trouble that stays is told again after this. */
  readonly repeatMs: number;
  readonly config: ChannelConfig;
}

export interface HeartbeatSettings {
  readonly url: string | SecretSource;
  readonly intervalMs: number;
}

/** "localhost" is looked up by the system, which RFC 6761 §6.3 binds to loopback. */
function isLoopback(hostname: string): boolean {
  if (hostname === 'localhost' || hostname === '[::1]') return true;
  return isIP(hostname) === 4 && hostname.startsWith('127.');
}

/** Why a URL may not be called with something that is for one reader only; undefined: it may. Never says the URL itself. */
export function urlProblem(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null) return 'is no URL';
  if (url.username !== '' || url.password !== '') return 'must not hold a user or password';
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return undefined;
  return 'must begin with https:// (http:// only for a loopback address)';
}
