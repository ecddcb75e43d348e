/** What docs/providers.md says about the proof of each command, held against the proofs. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { CommandFact } from '../../src/contracts/provider-operations.ts';
import { providerRegistry } from '../../src/providers/registry.ts';

const root = new URL('../../', import.meta.url);

function factsIn(module: unknown): readonly CommandFact[] {
  if (typeof module !== 'object' || module === null || !('commands' in module)) return [];
  return Array.isArray(module.commands) ? module.commands : [];
}

/** Every string under a key `command`, however the samples are laid out. */
function commandsIn(value: unknown): readonly string[] {
  if (typeof value === 'function') return commandsIn(value('', { csr: '', certificate: '' }));
  if (Array.isArray(value)) return value.flatMap(commandsIn);
  if (typeof value !== 'object' || value === null) return [];
  const own = 'command' in value && typeof value.command === 'string' ? [value.command] : [];
  return [...own, ...Object.values(value).flatMap(commandsIn)];
}

const walks = readdirSync(new URL('test/sandbox/vendors/clients', root)).map((file) =>
  readFileSync(new URL(`test/sandbox/vendors/clients/${file}`, root), 'utf8'),
);
/** Calls of the InterNetX client that stand for a command. */
const sdkCalls: Readonly<Record<string, string>> = {
  CertificatePrepareOrder: 'certificate().prepareOrder',
  CertificateCreate: 'certificate()\n      .create',
  CertificateReissue: 'certificate().reissue',
  CertificateRenew: 'certificate().renew',
  CertificateRealtime: 'certificate()\n      .createRealtime',
  CertificateDelete: 'certificate().delete',
  CertificateInfo: 'certificate().info',
  CertificateList: 'certificate().list',
  CertificateComment: 'certificate().comment',
  PollInfo: 'poll().info',
  PollConfirm: 'poll().confirm',
  SslContactCreate: 'sslcontact().create',
  SslContactUpdate: 'sslcontact().update',
  SslContactInfo: 'sslcontact().info',
  SslContactList: 'sslcontact().list',
  SslContactDelete: 'sslcontact().delete',
};

describe.each(Object.keys(providerRegistry))('%s', async (id) => {
  const facts = factsIn(await import(`../../src/providers/${id}/commands.ts`));
  const samples: unknown = await import(`../samples/${id}.ts`);
  const sampled = new Set(commandsIn(Object.values(samples ?? {})));

  test('has a table of its commands', () => {
    expect(facts.length).toBeGreaterThan(5);
    const rows = facts.map(({ command, source }) => `${command} ${source}`);
    expect(new Set(rows).size).toBe(rows.length);
    for (const { use, source } of facts) expect([use, source].every((text) => text.length > 3)).toBe(true);
  });

  test('claims a sample only where there is one, and leaves none unclaimed', () => {
    const claimed = new Set(
      facts.flatMap(({ command, proof }) => (proof.includes('sample') ? [command] : [])),
    );
    expect([...claimed].filter((command) => !sampled.has(command))).toEqual([]);
    // A command that is closed may still show how answers look.
    const known = new Set(facts.flatMap(({ command, proof }) => (proof.length > 0 ? [command] : [])));
    expect([...sampled].filter((command) => known.has(command) && !claimed.has(command))).toEqual([]);
  });

  test('claims the vendor’s client only where it asks', () => {
    const unasked = facts.filter(({ command, proof }) => {
      const call = sdkCalls[command] ?? `COMMAND: '${command}'`;
      return proof.includes('client') && !walks.some((text) => text.includes(call));
    });
    expect(unasked.map(({ command }) => command)).toEqual([]);
  });
});
