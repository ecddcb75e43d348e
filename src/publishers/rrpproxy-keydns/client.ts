/**
 * The KeyDNS commands that one record needs, each marked *repeatable* or not. Source: knowledge base, api/api-command
 * and dns/keydns. Zone names have no final dot.
 *
 * `RR#` is never sent: it exchanges records, on the sister system all of the zone. Neither is anything of the SOA.
 */
import { markedSends, type Transport } from '../../vendors/rrpproxy/transport.ts';

export type RecordType = 'TXT' | 'CNAME';

export interface ListParameters {
  readonly zone: string;
  readonly type: RecordType;
  /** Columns instead of lines; only then it is told which records are locked. */
  readonly wide: boolean;
  /** Index of the first row, from 0. */
  readonly first: number;
  readonly limit: number;
}

export type Client = ReturnType<typeof createClient>;

export function createClient(transport: Transport) {
  const { repeatable } = markedSends(transport);
  return {
    /** QueryDNSZoneRRList. Repeatable. */
    listRecords: (list: ListParameters, signal: AbortSignal) =>
      repeatable(
        'QueryDNSZoneRRList',
        {
          dnszone: list.zone,
          type: list.type,
          wide: list.wide ? 1 : undefined,
          first: list.first,
          limit: list.limit,
        },
        signal,
      ),

    /** ModifyDNSZone. Repeatable: what is there already is not added again, as the callers look first. */
    addRecord: (zone: string, line: string, signal: AbortSignal) =>
      repeatable('ModifyDNSZone', { dnszone: zone, addrr: [line] }, signal),

    /** ModifyDNSZone. Repeatable: the second finds nothing. The line must be exactly as it is listed. */
    deleteRecord: (zone: string, line: string, signal: AbortSignal) =>
      repeatable('ModifyDNSZone', { dnszone: zone, delrr: [line] }, signal),

    /** GetDNSZone: the zone that holds a name. Repeatable. */
    zoneOf: (domain: string, signal: AbortSignal) => repeatable('GetDNSZone', { domain }, signal),

    /** StatusDNSZone: whether the account has this zone. Repeatable. */
    zoneStatus: (zone: string, signal: AbortSignal) => repeatable('StatusDNSZone', { dnszone: zone }, signal),
  };
}
