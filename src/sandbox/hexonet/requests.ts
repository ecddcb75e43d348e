/** Certificate requests and keys as this protocol carries them: one line per numbered parameter, put together again. */
import { createHash } from 'node:crypto';
import type { ParsedCsr, SandboxCa } from '../contract.ts';
import { requestFromLines } from '../vendor-kit/pem.ts';
import { Refusal } from './answers.ts';
import { KEY_BITS, publicKeyOf, readKey } from './keys.ts';
import type { VendorKey } from './keys.ts';
import type { Parameters } from './parameters.ts';

export interface GivenRequest {
  /** LF line ends, 64 columns, final newline, "CERTIFICATE REQUEST" whatever the label was. */
  readonly pem: string;
  readonly csr: ParsedCsr;
}

/** The page about reissues prints a blank before the padding. */
const BODY = /^[A-Za-z0-9+/]+ ?={0,2}$/;

/** Undefined when none was sent. Lines fused into one value are no request: they cannot be told apart any more. */
export function parseRequestLines(ca: SandboxCa, parameters: Parameters): GivenRequest | undefined {
  const numbered = parameters.numbered('CSR');
  if (numbered.size === 0) return undefined;
  const pem = requestFromLines(numbered, BODY);
  if (pem === undefined) throw new Refusal(505, 'CSR');
  try {
    return { pem, csr: ca.parseCsr(pem) };
  } catch {
    throw new Refusal(505, 'CSR');
  }
}

/** As `parseRequestLines`, and good enough to order with. */
export function requestFrom(ca: SandboxCa, parameters: Parameters): GivenRequest | undefined {
  const given = parseRequestLines(ca, parameters);
  if (given === undefined) return undefined;
  if (!given.csr.signatureValid) throw new Refusal(541, 'CSR; wrong signature');
  if (given.csr.keyAlgorithm === 'RSA' && given.csr.keySize < KEY_BITS.least) {
    throw new Refusal(541, `CSR; key below ${KEY_BITS.least} bits`);
  }
  return given;
}

/** Undefined when none was sent. */
export function keyFrom(parameters: Parameters): VendorKey | undefined {
  const lines = parameters.list('PEM');
  if (lines.length === 0) return undefined;
  let key: VendorKey;
  try {
    key = readKey(`${lines.join('\n')}\n`);
  } catch {
    throw new Refusal(505, 'PEM');
  }
  if (key.key.asymmetricKeyType === 'rsa' && key.bits < KEY_BITS.least) {
    throw new Refusal(541, `PEM; key below ${KEY_BITS.least} bits`);
  }
  return key;
}

/** The names a request asks for, common name first. */
export function requestedNames(csr: ParsedCsr): string[] {
  return [...new Set([csr.commonName, ...csr.names].map((name) => name.toLowerCase()))].filter(
    (name) => name !== '',
  );
}

export const belongsTo = (key: VendorKey, csr: ParsedCsr): boolean =>
  createHash('sha256').update(publicKeyOf(key)).digest('hex') === csr.spkiSha256;
