/**
 * One look at everything at once: store, disk, resellers, name server, web root and TLS server must tell the same story,
 * and the promises must hold. Called at the end of every flow, and after every injected fault.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { StoredLedgerEntry } from '../../src/contracts/store.ts';
import { setFiles, type SetFile } from '../../src/core/certificate.ts';
import { isTerminal } from '../../src/core/renewal.ts';
import { keySpkiSha256 } from '../../src/pki/keys.ts';
import { stageName } from './inventory.ts';
import { verify } from './served-world.ts';
import { secrets } from './world/configuration.ts';
import type { World } from './world/contract.ts';

export async function assertWorld(world: World): Promise<void> {
  const ledger = await wholeLedger(world);
  const keys = keysOnDisk(world);
  assertOrders(world, ledger, keys);
  for (const { deploy } of world.configuration.certificates)
    for (const { directory } of deploy) assertSet(directory, world.sandbox.ca.rootPem);
  await assertRenewals(world);
  await assertEvidence(world);
  await assertReceipts(world);
  assertNoSecrets(world, ledger);
}

export async function wholeLedger(world: World): Promise<readonly StoredLedgerEntry[]> {
  const entries: StoredLedgerEntry[] = [];
  for (;;) {
    const page = await world.store.ledger({ afterSequence: entries.at(-1)?.sequence ?? 0, limit: 1000 });
    entries.push(...page);
    if (page.length < 1000) return entries;
  }
}

/** SPKI hashes of every key file. Throws for a file that is no key, or open to others. */
export function keysOnDisk(world: World): ReadonlySet<string> {
  const { keysDirectory } = world;
  const hashes = new Set<string>();
  if (!existsSync(keysDirectory)) return hashes;
  for (const name of readdirSync(keysDirectory)) {
    const path = join(keysDirectory, name);
    expect(statSync(path).mode & 0o077, `mode of ${name}`).toBe(0);
    const hash = keySpkiSha256(readFileSync(path));
    expect(hash, `${name} is a readable key`).toBeDefined();
    if (hash !== undefined) hashes.add(hash);
  }
  return hashes;
}

/** Orders at the CA that renewd sent, by the public key of their CSR. Seeds never were orders at the CA. */
export function ordersByKey(world: World): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { request, status } of world.sandbox.ca.orders()) {
    if (status === 'failed' || status === 'cancelled') continue;
    const { spkiSha256 } = world.sandbox.ca.parseCsr(request.csrPem);
    counts.set(spkiSha256, (counts.get(spkiSha256) ?? 0) + 1);
  }
  return counts;
}

/** What was charged, less what was given back. */
export function paidOrders(world: World): number {
  return [...world.sandbox.vendors.values()]
    .flatMap(({ simulator }) => simulator.invoices())
    .reduce((sum, { price }) => sum + Math.sign(price), 0);
}

/** Nothing is bought twice, nothing without an intent, and nothing with a key that is not safe on disk. */
function assertOrders(world: World, ledger: readonly StoredLedgerEntry[], keys: ReadonlySet<string>): void {
  const intents = ledger.filter(({ kind, subject }) => kind === 'intent' && subject.startsWith('submit '));
  const referencesOf = new Map<string, Set<unknown>>();
  for (const { detail } of intents) {
    const key = String(detail['spkiSha256']);
    referencesOf.set(key, (referencesOf.get(key) ?? new Set()).add(detail['reference']));
    expect(keys, 'the key of an intent is on disk').toContain(key);
  }
  for (const [key, count] of ordersByKey(world)) {
    expect(
      referencesOf.get(key)?.size ?? 0,
      'orders with one key: at most one for each intent',
    ).toBeGreaterThanOrEqual(count);
    expect(keys, 'the key of an order is on disk').toContain(key);
  }
  const paidIntents = new Set(intents.filter(({ paid }) => paid).map(({ detail }) => detail['reference']));
  expect(paidOrders(world), 'paid orders').toBeLessThanOrEqual(paidIntents.size);
  const references = [...world.sandbox.vendors.values()]
    .flatMap(({ simulator }) => simulator.invoices())
    .filter(({ price }) => price > 0)
    .flatMap(({ reference }) => (reference === undefined ? [] : [reference]));
  expect(new Set(references).size, 'no reference is on two invoices').toBe(references.length);
  for (const reference of references)
    expect(paidIntents, 'every invoice has its intent').toContain(reference);
}

/** Key and leaf are a pair, and the chain leads to the root; or there is nothing at all yet. */
export function assertSet(directory: string, rootPem: string): void {
  if (!existsSync(`${directory}/.current`)) {
    for (const file of setFiles)
      expect(existsSync(`${directory}/${file}`), `${directory}/${file} without a set`).toBe(false);
    return;
  }
  const read = (file: SetFile): string => readFileSync(`${directory}/.current/${file}`, 'latin1');
  const key = read('privkey.pem');
  const cert = read('cert.pem');
  const chain = read('chain.pem');
  const fullchain = read('fullchain.pem');
  const leaf = new X509Certificate(cert);
  expect(leaf.checkPrivateKey(createPrivateKey(key)), `key and leaf in ${directory} are a pair`).toBe(true);
  const intermediate = new X509Certificate(chain);
  expect(leaf.verify(intermediate.publicKey), `the chain in ${directory}`).toBe(true);
  expect(intermediate.verify(new X509Certificate(rootPem).publicKey), `the chain in ${directory}`).toBe(true);
  expect(fullchain).toBe(cert + chain);
  expect(read('combined.pem')).toBe(key + fullchain);
  expect(statSync(`${directory}/.current/privkey.pem`).mode & 0o077).toBe(0);
  expect(statSync(`${directory}/.current/combined.pem`).mode & 0o077).toBe(0);
}

/** SHA-256 of the leaf that lies in the directory, lower-case hex. */
export function deployedFingerprint(directory: string): string | undefined {
  const path = `${directory}/cert.pem`;
  if (!existsSync(path)) return undefined;
  return new X509Certificate(readFileSync(path)).fingerprint256.replaceAll(':', '').toLowerCase();
}

/** Served means served; whatever is open has a moment at which it goes on, or waits for a person. */
async function assertRenewals(world: World): Promise<void> {
  for (const open of await world.store.openRenewals()) {
    if (open.state !== 'blocked')
      expect(open.nextAt, `${open.certificate} is ${open.state} and must go on some time`).not.toBeNull();
  }
  for (const { name, deploy } of world.configuration.certificates) {
    const renewals = await world.store.renewalsOf(name, 100);
    const open = renewals.filter(({ state }) => !isTerminal(state));
    expect(open.length, `open renewals of ${name}`).toBeLessThanOrEqual(1);
    const [newest] = renewals;
    if (newest?.state !== 'served') continue;
    for (const [index, { directory, probe }] of deploy.entries()) {
      expect(deployedFingerprint(directory), `leaf in ${directory}`).toBe(newest.fingerprint256);
      if (probe.length > 0) expect(world.stage.serves(stageName(name, index))).toBe(newest.fingerprint256);
    }
  }
}

/** What was published for renewals that need it no more is gone, and nothing else is. */
async function assertEvidence(world: World): Promise<void> {
  const needed = new Set<string>();
  const paths = new Set<string>();
  for (const open of await world.store.openRenewals()) {
    for (const { challenge, targetName } of await world.store.challenges(open.id)) {
      if (challenge.kind === 'dns')
        needed.add(`${targetName ?? challenge.recordName} ${challenge.recordType} ${challenge.value}`);
      if (challenge.kind === 'file') paths.add(join(world.webroot, challenge.path));
    }
  }
  expect(
    world.records().filter((record) => !needed.has(record)),
    'records left in the zones',
  ).toEqual(world.recordsBefore.filter((record) => !needed.has(record)));
  const files = readdirSync(world.webroot, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  expect(
    files.filter((path) => !paths.has(path)),
    'files left in the web root',
  ).toEqual([]);
}

/** One receipt for each renewal that was served and for no other, in one whole chain that the history agrees with. */
async function assertReceipts(world: World): Promise<void> {
  const report = await verify(world);
  expect(report.problems).toEqual([]);
  const inventory = world.configuration.certificates;
  const receipts = await world.store.receipts({ limit: 10_000 });
  const served: string[] = [];
  for (const { name } of inventory)
    for (const { id, state } of await world.store.renewalsOf(name, 1000))
      if (state === 'served') served.push(id);
  const names = new Set(inventory.map(({ name }) => name));
  const written = receipts
    .filter(({ certificate }) => names.has(certificate))
    .map(({ renewalId }) => renewalId);
  expect(written.toSorted(), 'receipts').toEqual(served.toSorted());
  for (const { content } of receipts) {
    expect(content).not.toContain('PRIVATE KEY');
    for (const secret of secrets) expect(content.includes(secret), 'a secret in a receipt').toBe(false);
  }
}

function assertNoSecrets(world: World, ledger: readonly StoredLedgerEntry[]): void {
  expect(world.leaks, 'lines that only the scrubber kept clean').toEqual([]);
  const told = [...world.lines, ...ledger.map((entry) => JSON.stringify(entry))];
  const runs = world.command.runs.map((argv) => argv.join(' '));
  for (const text of [...told, ...runs]) {
    expect(text).not.toContain('PRIVATE KEY');
    for (const secret of secrets) expect(text.includes(secret), `a secret in: ${text}`).toBe(false);
  }
}
