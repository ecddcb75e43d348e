/** A provider pointed at a stand-in, and key material to answer with. */
import 'reflect-metadata';
import { createHash, webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequestGenerator, X509CertificateGenerator } from '@peculiar/x509';
import type { OrderRequest } from '../../../../src/contracts/order.ts';
import type { Provider } from '../../../../src/contracts/provider.ts';
import { manifest } from '../../../../src/providers/hexonet/index.ts';
import {
  dependenciesOf,
  httpVendor,
  newWatch,
  settings,
  type Heard,
  type HttpVendor,
  type Said,
  type Watch,
} from '../../vendors/hexonet/support.ts';

export async function withProvider<T>(
  say: (heard: Heard, count: number) => Said,
  use: (provider: Provider, server: HttpVendor, watch: Watch) => Promise<T>,
  more: object = {},
): Promise<T> {
  await using server = await httpVendor(say);
  const watch = newWatch();
  const provider = await manifest.create(settings({ url: server.url, ...more }), dependenciesOf(watch));
  try {
    return await use(provider, server, watch);
  } finally {
    await provider.close();
  }
}

export interface KeyMaterial {
  readonly csrPem: string;
  readonly leafPem: string;
  /** PKCS #8. */
  readonly keyPem: string;
  readonly spkiSha256: string;
  readonly serialHex: string;
}

/** A real key with a CSR and a self-signed certificate for it. */
export async function keyMaterial(name = 'example.com', serialNumber = '0a1b2c'): Promise<KeyMaterial> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const subject = { name: `CN=${name}`, keys, signingAlgorithm: algorithm };
  const csr = await Pkcs10CertificateRequestGenerator.create(subject);
  const leaf = await X509CertificateGenerator.createSelfSigned({ ...subject, serialNumber });
  const spki = Buffer.from(await webcrypto.subtle.exportKey('spki', keys.publicKey));
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    csrPem: `${csr.toString('pem')}\n`,
    leafPem: `${leaf.toString('pem')}\n`,
    keyPem: `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/.{1,64}/g, '$&\n')}-----END PRIVATE KEY-----\n`,
    spkiSha256: createHash('sha256').update(spki).digest('hex'),
    serialHex: serialNumber,
  };
}

export function lines(pem: string): readonly string[] {
  return pem.trim().split('\n');
}

export function requestOf(csrPem: string, changes: Partial<OrderRequest> = {}): OrderRequest {
  return {
    action: 'create',
    reference: 'rn-0123456789abcdefg',
    names: ['example.com', 'www.example.com'],
    product: 'comodo_essentialssl',
    csrPem,
    dcv: { method: 'dns', record: 'cname' },
    options: {},
    ...changes,
  };
}
