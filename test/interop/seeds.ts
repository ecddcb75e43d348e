/** Certificates that existed before renewd came: an order in the sandbox's books and plain files on disk. */
import { X509Certificate } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dayMs } from '../../src/core/durations.ts';
import { createCsr } from '../../src/pki/csr.ts';
import { generateKey } from '../../src/pki/keys.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { seedOrder } from '../../src/sandbox/start.ts';

export interface SeedPlan {
  readonly vendor: Vendor;
  readonly names: readonly string[];
  /** Of the certificate. */
  readonly daysLeft: number;
  /** Of the order. */
  readonly paidDays: number;
  readonly directory: string;
  /** InterNetX keeps the method of the first order for all that follow it. Default: dns. */
  readonly method?: 'dns' | 'file';
}

/** A domain-validated product of each simulator. */
export const products = {
  rrpproxy: 'ssl123dv',
  internetx: 'SSL123',
  hexonet: 'COMODO_ESSENTIALSSL',
  resello: 'd04e8f33-7d2b-4a68-87a4-3d1c9f6bd404',
} as const;

export type Vendor = keyof typeof products;

export function fingerprintOf(certificate: Buffer | string): string {
  return new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase();
}

/** Returns the leaf's fingerprint (SHA-256, lower-case hex). */
export async function seedOnDisk(sandbox: Sandbox, plan: SeedPlan): Promise<string> {
  const { vendor, names, daysLeft, paidDays, directory, method = 'dns' } = plan;
  const { pem } = await generateKey('ecdsa-p256');
  const nowMs = Date.now();
  const notAfter = new Date(nowMs + daysLeft * dayMs);
  const { certificate } = seedOrder(sandbox, vendor, {
    names,
    product: products[vendor],
    csrPem: await createCsr(pem, names),
    notBefore: new Date(notAfter.getTime() - 199 * dayMs),
    notAfter,
    paidUntil: new Date(nowMs + paidDays * dayMs),
    dcvMethod: method,
  });
  const { leafPem, intermediatePem } = certificate;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(join(directory, 'privkey.pem'), pem, { mode: 0o600 });
  writeFileSync(join(directory, 'cert.pem'), leafPem);
  writeFileSync(join(directory, 'chain.pem'), intermediatePem);
  writeFileSync(join(directory, 'fullchain.pem'), leafPem + intermediatePem);
  return fingerprintOf(leafPem);
}
