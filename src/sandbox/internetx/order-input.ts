/** What an order and its preparation have in common: a product, a CSR, the names. */
import type { ParsedCsr } from '../contract.ts';
import {
  baseDomain,
  freeAlternative,
  isWildcard,
  normaliseName,
  withoutWildcard,
} from '../vendor-kit/names.ts';
import { normaliseRequestPem } from '../vendor-kit/pem.ts';
import { wrongValue } from './envelope.ts';
import { findProduct } from './products.ts';
import type { Product } from './products.ts';
import { steeringOf } from './steering.ts';
import type { AuthMethod, World } from './world.ts';

export function productOf(name: string, task: string, field: string): Product {
  const product = findProduct(name);
  if (product === undefined) throw wrongValue(task, field, name);
  return product;
}

/** PEM in any line form, at least 2048 bit RSA or 256 bit EC. */
export function readCsr(
  world: World,
  text: string,
  task: string,
  field: string,
): { csr: ParsedCsr; csrPem: string } {
  const csrPem = normaliseRequestPem(text);
  if (csrPem === undefined) throw wrongValue(task, field, 'no certificate request');
  let csr: ParsedCsr;
  try {
    csr = world.ca.parseCsr(csrPem);
  } catch (error) {
    throw wrongValue(task, field, error instanceof Error ? error.message : 'unreadable');
  }
  if (!csr.signatureValid) throw wrongValue(task, field, 'wrong signature');
  if (csr.keySize < (csr.keyAlgorithm === 'RSA' ? 2048 : 256)) throw wrongValue(task, field, 'key too short');
  if (steeringOf(csr.commonName.toLowerCase()) === 'refuse') {
    throw wrongValue(task, field, `refused as ${csr.commonName} asks for`);
  }
  return { csr, csrPem };
}

/** The name of the certificate and the names beyond it, checked against the product. */
export function readNames(
  product: Product,
  csr: ParsedCsr,
  given: string | null | undefined,
  alternatives: readonly string[] | null | undefined,
  task: string,
  type: string,
): { name: string; alternativeNames: string[] } {
  const commonName = csr.commonName === '' ? (csr.names[0] ?? '') : csr.commonName;
  const name = normaliseName(given ?? commonName);
  if (name === undefined) throw wrongValue(task, `${type}.name`, given ?? commonName);
  if (csr.commonName !== '' && normaliseName(csr.commonName) !== name) {
    throw wrongValue(task, `${type}.name`, `${name} is not the name in the CSR`);
  }
  if (isWildcard(name) !== product.wildcard)
    throw wrongValue(task, `${type}.product`, `${product.name} for ${name}`);
  const listed = (alternatives ?? csr.names).map((text) => {
    const alternative = normaliseName(text);
    if (alternative === undefined) throw wrongValue(task, `${type}.subjectAlternativeNames`, text);
    return alternative;
  });
  const alternativeNames = [...new Set(listed)].filter((other) => other !== name);
  const beyond = alternativeNames.filter((other) => other !== freeAlternative(name));
  if (beyond.length > 0 && !product.san)
    throw wrongValue(task, `${type}.subjectAlternativeNames`, beyond.join(', '));
  return { name, alternativeNames };
}

/** All names of the certificate: the CA adds `www.` (or takes it away) by itself where one proof serves both. */
export function certificateNames(
  name: string,
  alternatives: readonly string[],
  method: AuthMethod,
): string[] {
  const names = [name, ...alternatives];
  const free = freeAlternative(name);
  const bare = withoutWildcard(name).replace(/^www\./, '');
  if (method !== 'FILE' && bare === baseDomain(name) && !names.includes(free)) names.push(free);
  return names;
}
