/** What `renewd compromise NAME` does, without the command around it; and how it stands afterwards. */
import { readFileSync } from 'node:fs';
import { keySpkiSha256 } from '../../src/pki/keys.ts';
import { compromiseOf } from '../../src/renewal/compromise.ts';
import type { World } from './world/contract.ts';

/** Says to the store that the key of the certificate is stolen. The driver reads it as what another process wrote. */
export async function sayCompromised(world: World, name = 'shop', by = 'ada'): Promise<void> {
  const entries = world.driver.entries();
  const entry = entries.find(({ managed }) => managed.name === name);
  if (entry === undefined) throw new Error(`no entry ${name}`);
  const said = await compromiseOf(entry, entries, world.store, by, world.clock.now());
  if (said === undefined) throw new Error('no key is known');
  await world.store.recordCompromise(said.keys, said.due, said.ledger);
  await world.driver.configure(world.configuration);
}

/** Every certificate that was to be revoked is, or waits for a person. */
export async function revocationsSettled(world: World): Promise<boolean> {
  const rows = await world.store.revocationsDue();
  return rows.length > 0 && rows.every(({ state }) => state === 'done' || state === 'person');
}

/** SHA-256 of the public key beside the deployed certificate. */
export function deployedKey(world: World, name = 'shop'): string {
  return keySpkiSha256(readFileSync(`${world.directory}/tls/${name}/privkey.pem`)) ?? '';
}

/** Commands to a reseller that revoke. */
export function revocationCommands(world: World): number {
  return world.sandbox.history.entries().filter(({ command }) => /RevokeCertificate|_revoke/i.test(command))
    .length;
}
