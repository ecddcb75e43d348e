/** Where the request of an order comes from: the customer's, or made from a key that is given, kept or new. */
import type { ParsedCsr, SandboxCa } from '../contract.ts';
import { Refusal } from './answers.ts';
import type { ContactFields } from './contacts.ts';
import { createKey, createRequest, KEY_BITS, KEY_BITS_OF_CA } from './keys.ts';
import type { VendorKey } from './keys.ts';
import type { Parameters } from './parameters.ts';
import { belongsTo } from './requests.ts';
import type { GivenRequest } from './requests.ts';
import type { Submission } from './world.ts';

export interface KeyWish {
  /** The customer's own request: everything else is "only relevant if no CSR is provided". */
  readonly request: GivenRequest | undefined;
  /** The customer's own key. */
  readonly given: VendorKey | undefined;
  /** What the order had until now. */
  readonly current: Submission | undefined;
  /** Without either of the above: a new key, the current key with a new request, or the current request. */
  readonly source: 'new' | 'current' | 'as-before';
}

export interface KeyMaterial {
  readonly pem: string;
  readonly csr: ParsedCsr;
  readonly key: VendorKey | undefined;
}

export async function keyMaterial(
  parameters: Parameters,
  wish: KeyWish,
  ca: SandboxCa,
  names: readonly string[],
  subject: ContactFields,
): Promise<KeyMaterial> {
  const bits = parameters.int('KEYLENGTH', KEY_BITS.least, KEY_BITS.most) ?? KEY_BITS.usual;
  const { request, given, current } = wish;
  if (request !== undefined) {
    const known = given ?? current?.key;
    return { ...request, key: known !== undefined && belongsTo(known, request.csr) ? known : undefined };
  }
  if (given !== undefined) return material(ca, given, names, subject);
  if (wish.source === 'as-before' && current !== undefined) {
    return { pem: current.csrPem, csr: current.csr, key: current.key };
  }
  if (wish.source === 'current') {
    // The document lets this fail where the vendor holds no key.
    if (current?.key === undefined)
      throw new Refusal(549, 'no private key is associated with the certificate');
    return material(ca, current.key, names, subject);
  }
  if (bits > KEY_BITS_OF_CA) {
    throw new Refusal(549, `the certificate supplier takes keys of ${KEY_BITS_OF_CA} bits at most`);
  }
  return material(ca, await createKey(bits), names, subject);
}

async function material(
  ca: SandboxCa,
  key: VendorKey,
  names: readonly string[],
  subject: ContactFields,
): Promise<KeyMaterial> {
  const pem = await createRequest(key, names, subject);
  return { pem, csr: ca.parseCsr(pem), key };
}

const SERVER_SOFTWARE = ['APACHESSL', 'APACHESSLEAY', 'APACHE2', 'IIS', 'OTHER'] as const;

export const serverSoftware = (parameters: Parameters): string | undefined =>
  parameters.word('SERVERSOFTWARE', SERVER_SOFTWARE);
