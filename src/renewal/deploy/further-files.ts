/** What the further files of a target hold: the same key and certificates in the formats that servers and programs want. */
import { createPrivateKey } from 'node:crypto';
import type { FurtherFile } from '../../core/certificate.ts';
import { RenewdError } from '../../core/errors.ts';
import { readPem } from '../../pki/pem.ts';
import { keyStore, trustStore } from '../../pki/pkcs12.ts';
import type { SetInput } from './set-content.ts';

/** One character per byte. Throws RenewdError `deploy-failed` where something that the format needs is not at hand. */
export function furtherContent(file: FurtherFile, set: SetInput): string {
  const { keyPem, leafPem, chainPem } = set;
  switch (file.format) {
    case 'key':
      return keyPem;
    case 'certificate':
      return leafPem;
    case 'chain':
      return chainPem;
    case 'fullchain':
      return leafPem + chainPem;
    case 'combined':
      return keyPem + leafPem + chainPem;
    case 'key-der':
      return latin1(keyDer(keyPem));
    case 'certificate-der':
      return latin1(leafDer(leafPem));
    case 'pkcs12': {
      const key = keyDer(keyPem);
      const chain = [leafDer(leafPem), ...certificatesIn(chainPem)];
      return latin1(keyStore({ key, chain, alias: file.alias }, optionsFor(file, set, key)));
    }
    case 'truststore':
      return latin1(trustStore(trustedFor(file, set), optionsFor(file, set, keyDer(keyPem))));
  }
}

type StoreFile = Extract<FurtherFile, { readonly format: 'pkcs12' | 'truststore' }>;

function optionsFor({ name, profile }: StoreFile, { passwords }: SetInput, saltKey: Uint8Array) {
  const password = passwords?.get(name);
  if (password === undefined) throw new RenewdError('internal', `there is no password for ${name}`);
  return { profile, password, saltKey };
}

/** The root first, because it is what is trusted in the end: "shop-1"; then what it issued. */
function trustedFor({ alias, name }: StoreFile, { chainPem, rootPem }: SetInput) {
  const trusted = [...certificatesIn(chainPem), ...(rootPem === undefined ? [] : certificatesIn(rootPem))];
  if (trusted.length === 0) {
    throw new RenewdError(
      'deploy-failed',
      `${name} would be empty: there is no intermediate and no known root`,
    );
  }
  return trusted.toReversed().map((certificate, index) => ({ certificate, alias: `${alias}-${index + 1}` }));
}

function keyDer(keyPem: string): Buffer {
  return createPrivateKey(keyPem).export({ type: 'pkcs8', format: 'der' });
}

function certificatesIn(pem: string): readonly Buffer[] {
  return readPem(pem).blocks.flatMap(({ label, der }) => (label === 'CERTIFICATE' ? [der] : []));
}

function leafDer(leafPem: string): Buffer {
  const [leaf] = certificatesIn(leafPem);
  if (leaf === undefined) throw new RenewdError('deploy-failed', 'the set to deploy has no certificate');
  return leaf;
}

function latin1(bytes: Buffer): string {
  return bytes.toString('latin1');
}
