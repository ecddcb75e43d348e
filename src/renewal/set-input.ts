/** Gathers what is deployed to a target: key, certificates, and what its further files want. */
import { X509Certificate } from 'node:crypto';
import type { DeployTarget } from '../core/certificate.ts';
import { RenewdError } from '../core/errors.ts';
import type { Renewal } from '../core/renewal.ts';
import { encodePem, readPem } from '../pki/pem.ts';
import type { Delivery } from './deliver.ts';
import type { SetInput } from './deploy/set-content.ts';
import type { StageContext } from './stage-context.ts';

/** What a renewal has in the state it is in. */
export function need<T>(value: T | null, what: string): T {
  if (value === null) throw new RenewdError('internal', `the renewal has no ${what}`);
  return value;
}

/** Throws RenewdError `key-unusable`. */
export function setInput(renewal: Renewal, context: StageContext): SetInput {
  return {
    keyPem: context.keys.read(need(renewal.keyId, 'key')),
    leafPem: need(renewal.leafPem, 'certificate'),
    chainPem: renewal.chainPem ?? '',
  };
}

/** With what the target's further files want beside it. Throws RenewdError `secret-unreadable`. */
export async function setInputFor(
  target: DeployTarget,
  set: SetInput,
  context: StageContext,
  delivery: Delivery,
): Promise<SetInput> {
  const stores = (target.files ?? []).flatMap((file) => ('password' in file ? [file] : []));
  if (stores.length === 0) return set;
  const passwords = new Map<string, string>();
  for (const { name, password } of stores) passwords.set(name, await delivery.secret(password));
  if (!stores.some(({ format }) => format === 'truststore')) return { ...set, passwords };
  const rootPem = issuerAmong(await delivery.anchors(context.managed), set.leafPem + set.chainPem);
  return { ...set, passwords, ...(rootPem === undefined ? {} : { rootPem }) };
}

/** The anchor that issued the last certificate of a chain; a file of anchors may hold several. */
function issuerAmong(anchors: readonly string[], chainPem: string): string | undefined {
  const last = readPem(chainPem).blocks.at(-1);
  if (last === undefined) return undefined;
  const certificate = new X509Certificate(last.der);
  const root = anchors
    .flatMap((pem) => readPem(pem).blocks)
    .find(({ der }) => {
      try {
        const anchor = new X509Certificate(der);
        return certificate.checkIssued(anchor) && certificate.verify(anchor.publicKey);
      } catch {
        // Something else than a certificate: verification said so already, if it mattered.
        return false;
      }
    });
  return root === undefined ? undefined : encodePem('CERTIFICATE', root.der);
}
