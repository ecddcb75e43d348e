/**
 * How each convention calls its program. Sources: lego's documentation of the provider "exec", certbot's user guide
 * ("Pre and Post Validation Hooks"), dehydrated's docs/dns-verification.md, acme.sh's guide to dnsapi scripts.
 */
import { dirname, join } from 'node:path';
import type { DnsRecord } from '../../contracts/publisher.ts';
import type { CommandConfig } from './config.ts';
import { dnsapiRunner } from './dnsapi-runner.ts';

export interface Call {
  /** Program and arguments. */
  readonly argv: readonly string[];
  /** Beside the configured ones. */
  readonly env: Readonly<Record<string, string>>;
}

export type Verb = 'publish' | 'withdraw';

/** What the hooks of ACME clients put before the domain themselves (RFC 8555 §8.4). */
const usualPrefix = '_acme-challenge';

export function prefixOf({ convention, prefix }: CommandConfig): string {
  if (convention !== 'certbot' && convention !== 'dehydrated') return '';
  return prefix ?? usualPrefix;
}

/** The name as the hook wants it; undefined when the record does not begin with what the hook puts there. */
export function domainFor(record: DnsRecord, config: CommandConfig): string | undefined {
  const prefix = prefixOf(config).toLowerCase();
  if (prefix === '') return record.name;
  return record.name.startsWith(`${prefix}.`) ? record.name.slice(prefix.length + 1) : undefined;
}

/** `domain` by `domainFor`; `authOutput` is what certbot's auth hook printed when the record was published. */
export function callOf(
  verb: Verb,
  record: DnsRecord,
  config: CommandConfig,
  domain: string,
  authOutput: string,
): Call {
  const { name, value } = record;
  const command = config.command ?? [];
  switch (config.convention) {
    case 'plain': {
      const word = verb === 'publish' ? 'add' : 'remove';
      return { argv: [...command, word, record.type, name, value, String(record.ttlSeconds)], env: {} };
    }
    case 'lego-exec':
      return { argv: [...command, verb === 'publish' ? 'present' : 'cleanup', `${name}.`, value], env: {} };
    case 'certbot': {
      const env = {
        CERTBOT_DOMAIN: domain,
        CERTBOT_VALIDATION: value,
        CERTBOT_ALL_DOMAINS: domain,
        CERTBOT_REMAINING_CHALLENGES: '0',
      };
      return verb === 'publish'
        ? { argv: command, env }
        : { argv: config.cleanup ?? [], env: { ...env, CERTBOT_AUTH_OUTPUT: authOutput } };
    }
    case 'dehydrated': {
      // The second is the name of a file for validation by HTTP; for DNS it means nothing.
      const word = verb === 'publish' ? 'deploy_challenge' : 'clean_challenge';
      return { argv: [...command, word, domain, '-', value], env: {} };
    }
    case 'acme.sh': {
      const script = config.script ?? '';
      const word = verb === 'publish' ? 'add' : 'rm';
      const acmesh = config.acmesh ?? '';
      return {
        argv: ['sh', '-c', dnsapiRunner, 'renewd-dnsapi', word, acmesh, script, name, value],
        env: {},
      };
    }
  }
}

/** Where an installation has acme.sh: in the folder above `dnsapi`. */
export function usualAcmesh(script: string): string {
  return join(dirname(dirname(script)), 'acme.sh');
}
