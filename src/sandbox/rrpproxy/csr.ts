/** A certificate request as this protocol carries it: one line per numbered parameter, put together again. */
import type { ParsedCsr, SandboxCa } from '../contract.ts';
import { requestFromLines } from '../vendor-kit/pem.ts';
import { Refusal } from './answers.ts';
import type { Parameters } from './parameters.ts';

const BODY = /^[A-Za-z0-9+/]+={0,2}$/;

/** Undefined when none was sent. A request whose lines were fused into one value is no request. */
export function csrFrom(ca: SandboxCa, parameters: Parameters): { pem: string; csr: ParsedCsr } | undefined {
  const numbered = parameters.indexed('csr');
  if (numbered.size === 0) return undefined;
  const pem = requestFromLines(numbered, BODY);
  if (pem === undefined) throw new Refusal(505, 'CSR');
  let csr: ParsedCsr;
  try {
    csr = ca.parseCsr(pem);
  } catch {
    throw new Refusal(505, 'CSR');
  }
  if (!csr.signatureValid) throw new Refusal(541, 'CSR with a wrong signature');
  if (csr.keyAlgorithm === 'RSA' && csr.keySize < 2048)
    throw new Refusal(541, 'CSR with a key below 2048 bit');
  if (csr.keyAlgorithm === 'EC' && csr.keySize < 256) throw new Refusal(541, 'CSR with a key below 256 bit');
  return { pem, csr };
}
