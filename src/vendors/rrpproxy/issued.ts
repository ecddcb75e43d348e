/** The certificates inside an answer: which is the leaf, and which stand above it. */
import { certificateKeySha256, csrKeySha256 } from '../common/csr-key.ts';
import { certificatePems } from '../common/text.ts';

export interface CertificateTexts {
  /** As PEM text, as far as the answer has them. */
  readonly csr: string | undefined;
  readonly certificate: string | undefined;
  readonly chain: string | undefined;
}

/** Blocks may be concatenated and in any order: the leaf is the one with the CSR's key, else the first. */
export function issuedParts(answer: CertificateTexts): {
  leafPem?: string;
  caPems?: readonly string[];
} {
  const own = certificatePems(answer.certificate);
  const csrKey = answer.csr === undefined ? undefined : csrKeySha256(answer.csr);
  const leafPem =
    (csrKey === undefined ? undefined : own.find((pem) => certificateKeySha256(pem) === csrKey)) ?? own[0];
  if (leafPem === undefined) return {};
  const others = [...own, ...certificatePems(answer.chain)].filter((pem) => pem !== leafPem);
  return { leafPem, caPems: [...new Set(others)] };
}

/** The key of the CSR, else of the leaf; undefined when neither can be read. */
export function keyOf(csr: string | undefined, leafPem: string | undefined): string | undefined {
  return (
    (csr === undefined ? undefined : csrKeySha256(csr)) ??
    (leafPem === undefined ? undefined : certificateKeySha256(leafPem))
  );
}
