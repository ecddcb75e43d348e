/** Certificates that existed before renewd came. */
import { dayMs } from '../../../src/core/durations.ts';
import { createCsr } from '../../../src/pki/csr.ts';
import { generateKey } from '../../../src/pki/keys.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { deploySet } from '../../../src/renewal/deploy/deploy-set.ts';
import type { SeededOrder } from '../../../src/sandbox/contract.ts';
import { seedOrder } from '../../../src/sandbox/start.ts';
import { accounts } from '../accounts.ts';
import { inventoryEntry, stageName } from '../inventory.ts';
import type { Seed } from './contract.ts';
import type { Surroundings } from './surroundings.ts';
import { zone } from './zones.ts';

export async function plantSeed(
  seed: Seed,
  { clock, place, sandbox, stage }: Surroundings,
): Promise<SeededOrder> {
  const { name, names = [`${name}.${zone}`], provider = 'cnr', daysLeft, paidDays } = seed;
  const { keyType = 'ecdsa-p256', dcvMethod = 'dns', deployed = true } = seed;
  const { generation } = accounts[provider];
  const { pem } = await generateKey(keyType);
  const notAfter = new Date(clock.now().getTime() + daysLeft * dayMs);
  const managed = inventoryEntry({ name, names: [...names], provider }, place);
  const seeded = seedOrder(sandbox, accounts[provider].vendor, {
    names,
    product: managed.product,
    csrPem: await createCsr(pem, names),
    notBefore: new Date(notAfter.getTime() - 199 * dayMs),
    notAfter,
    paidUntil: new Date(clock.now().getTime() + paidDays * dayMs),
    dcvMethod,
    ...(generation === undefined ? {} : { generation }),
  });
  const target = managed.deploy[0];
  if (deployed && target !== undefined) {
    const { leafPem, intermediatePem } = seeded.certificate;
    deploySet(target, { keyPem: pem, leafPem, chainPem: intermediatePem }, nodeFiles, 'before-renewd');
    stage.load(stageName(name, 0), target.directory);
  }
  return seeded;
}
