/** Who may approve by e-mail: the addresses that CheckCertificate offers (manual 9.1.5). */
import { baseName, isAddress, isWithin } from '../../vendors/command-text/proof-place.ts';
import { column, type Answer } from '../../vendors/command-text/wire.ts';

/**
 * The addresses that every one of the names may use, in the order of the answer. The columns of addresses and names run
 * in parallel; addresses of a domain serve for the names below it (3.5.1). A name that the answer says nothing about
 * excludes none.
 */
export function commonApprovers(answer: Answer, names: readonly string[]): string[] {
  const rows = rowsOf(answer);
  const all = [...new Set(rows.map(({ address }) => address))];
  return names.reduce((common, name) => {
    const bare = baseName(name);
    const usable = rows.filter(({ domain }) => domain === undefined || isWithin(bare, domain));
    return usable.length === 0
      ? common
      : common.filter((address) => usable.some((row) => row.address === address));
  }, all);
}

function rowsOf(answer: Answer): { readonly address: string; readonly domain: string | undefined }[] {
  const domains = column(answer, 'DOMAIN');
  return column(answer, 'DCVEMAIL').flatMap((address, index) => {
    if (address === undefined || !isAddress(address)) return [];
    const domain = domains[index];
    return [{ address, domain: domain === undefined ? undefined : baseName(domain) }];
  });
}
