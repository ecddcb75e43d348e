/** Leaf and issuer, out of the files beside a deployed certificate. */
import { hash } from 'node:crypto';
import { parseCertificate, type Certificate } from '../pki/certificate.ts';
import { signedBy } from '../pki/chain-rules.ts';
import { DerError, sameElement } from '../pki/der.ts';
import { keyUsage, keyUsageBits } from '../pki/extensions.ts';
import { readPem } from '../pki/pem.ts';

/** Two chains at most. */
const certificatesMax = 16;

export interface Pair {
  readonly leaf: Certificate;
  readonly issuer: Certificate;
}

export interface Pile {
  readonly leaf: Uint8Array;
  readonly others: readonly Uint8Array[];
}

/** The leaf and whatever else is there, not yet read. Throws DerError when the leaf is not among it. */
export function findLeaf(pems: readonly (string | Uint8Array)[], fingerprint256: string): Pile {
  const ders = pems
    .flatMap((pem) => readPem(pem).blocks)
    .filter(({ label }) => label === 'CERTIFICATE')
    .slice(0, certificatesMax)
    .map(({ der }) => der);
  const leaf = ders.find((der) => hash('sha256', der, 'hex') === fingerprint256);
  if (leaf === undefined) throw new DerError('the certificate was replaced meanwhile');
  return { leaf, others: ders.filter((der) => der !== leaf) };
}

/** Throws DerError when nobody in the pile signed the leaf. */
export function pairOf({ leaf: leafDer, others }: Pile): Pair {
  const leaf = parseCertificate(leafDer);
  for (const der of others) {
    const issuer = readable(der);
    if (issuer === undefined || !sameElement(issuer.fields.subject, leaf.fields.issuer)) continue;
    if (signedBy(leaf, issuer)) return { leaf, issuer };
  }
  throw new DerError("the issuer's certificate is not beside it");
}

/** RFC 5280 §4.2.1.3: where the issuer's key usage is limited, signing lists has to be among it. */
export function maySignLists({ fields }: Certificate): boolean {
  return keyUsage(fields)?.has(keyUsageBits.cRLSign) !== false;
}

function readable(der: Uint8Array): Certificate | undefined {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}
