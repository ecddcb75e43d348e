/** Our DCV methods in their words. Source: Reference Manual (2022), 8.1.2. */
import type { OrderRequest } from '../../contracts/order.ts';

export type DcvMethodWord = 'EMAIL' | 'DNS-TXT' | 'DNS-CNAME' | 'HTTP' | 'HTTPS';

export function dcvMethodWord(dcv: OrderRequest['dcv'], fileOverHttps: boolean): DcvMethodWord {
  if (dcv.method === 'dns') return dcv.record === 'cname' ? 'DNS-CNAME' : 'DNS-TXT';
  if (dcv.method === 'file') return fileOverHttps ? 'HTTPS' : 'HTTP';
  return 'EMAIL';
}
