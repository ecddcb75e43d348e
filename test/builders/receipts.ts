/** Receipts with plain defaults. */
import { sealReceipt, type ReceiptContent, type SealedReceipt } from '../../src/core/receipt.ts';
import { noon } from './store-records.ts';

export const someHash = '5f'.repeat(32);

export function aReceiptContent(fields: Partial<ReceiptContent> = {}): ReceiptContent {
  return {
    at: noon.toISOString(),
    certificate: 'shop',
    renewal: {
      id: 'r1',
      action: 'create',
      reason: 'no-certificate',
      sentence: 'There is no certificate yet.',
      begunAt: noon.toISOString(),
      forced: false,
      words: [],
    },
    order: {
      provider: 'cnr',
      product: 'ssl123dv',
      reference: 'ref-r1',
      orderId: 'o-1',
      certificateId: 'c-1',
      jobId: null,
      orderedAt: noon.toISOString(),
      paidUntil: null,
      price: { hundredths: 4250, currency: 'EUR' },
      free: false,
    },
    leaf: {
      serial: '1f',
      fingerprint256: someHash,
      spkiSha256: someHash,
      names: ['shop.example.com'],
      issuer: 'CN=Grüße, 証明書',
      notBefore: noon.toISOString(),
      notAfter: noon.toISOString(),
    },
    keyId: null,
    validation: { method: 'dns', challenges: [] },
    deployments: [],
    ledger: { entries: 0, through: 0, sha256: someHash },
    ...fields,
  };
}

/** That of the `number`-th renewal, so that a chain of them holds no two alike. */
export function numbered(number: number, fields: Partial<ReceiptContent> = {}): ReceiptContent {
  const content = aReceiptContent(fields);
  return { ...content, renewal: { ...content.renewal, id: `r${number}` } };
}

export function aChain(length: number, fields: Partial<ReceiptContent> = {}): readonly SealedReceipt[] {
  const chain: SealedReceipt[] = [];
  for (let number = 1; number <= length; number += 1)
    chain.push(sealReceipt(numbered(number, fields), chain.at(-1)));
  return chain;
}
