/** SOA parameters of AddDNSZone and ModifyDNSZone, and what neither can do here. */
import { Refusal } from '../answers.ts';
import type { Parameters } from '../parameters.ts';
import type { KeyDnsZone } from './zones.ts';

const NUMBERS = ['soaexpire', 'soaminttl', 'soarefresh', 'soaretry', 'soattl', 'soaserial'] as const;
const NAMES = ['soamname', 'soarname'] as const;
const NUMBER_MAX = 2 ** 32 - 1;

export function setSoa(zone: KeyDnsZone, parameters: Parameters): void {
  for (const name of NUMBERS) {
    const text = parameters.text(name);
    if (text === undefined) continue;
    if (!/^\d{1,10}$/.test(text) || Number(text) > NUMBER_MAX) throw new Refusal(505, name.toUpperCase());
    // The one bound the knowledge base gives.
    if (name === 'soarefresh' && (Number(text) < 900 || Number(text) > 86_400))
      throw new Refusal(505, 'SOAREFRESH');
    zone.soa.set(name, text);
  }
  for (const name of NAMES) {
    const text = parameters.text(name);
    if (text !== undefined) zone.soa.set(name, text);
  }
}

/** A secondary zone has its records from elsewhere, which the simulator does not play. */
export function refuseSecondary(parameters: Parameters): void {
  const kinds = ['masteripaddress', 'addmasteripaddress', 'delmasteripaddress'];
  if (kinds.some((name) => parameters.list(name).length > 0)) {
    throw new Refusal(549, 'secondary zones are not simulated');
  }
}
