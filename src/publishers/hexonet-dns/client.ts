/**
 * The zone commands, one function each, all repeatable: adding what is there and removing what is gone change nothing.
 * Only ADDRR and DELRR are ever sent: RR replaces every record of the zone. Source: vendor command pages
 * API/DOMAIN/DNSZONE.
 */
import { column, single, type Parameters } from '../../vendors/command-text/wire.ts';
import type { Reply } from '../../vendors/hexonet/reply.ts';
import type { Transport } from '../../vendors/hexonet/transport.ts';

/** Zone names carry a final dot on the wire, and none here. */
function wireName(zone: string): string {
  return `${zone}.`;
}

export interface ZonePage {
  readonly zones: readonly string[];
  /** Index of the first row of the next page; undefined when this was the last. */
  readonly next: number | undefined;
}

export type ZoneClient = ReturnType<typeof createZoneClient>;

export function createZoneClient(transport: Transport) {
  const send = (name: string, parameters: Parameters, signal: AbortSignal): Promise<Reply> =>
    transport.send({ name, parameters, repeatable: true }, signal);

  return {
    /** StatusDNSZone. Throws kind `not-found` when the account hosts no such zone. */
    async status(zone: string, signal: AbortSignal): Promise<void> {
      await send('StatusDNSZone', { dnszone: wireName(zone) }, signal);
    },

    /** QueryDNSZoneList, narrow. */
    async list(first: number, limit: number, signal: AbortSignal): Promise<ZonePage> {
      const { answer } = await send('QueryDNSZoneList', { wide: 0, first, limit }, signal);
      const zones = column(answer, 'DNSZONE').filter((zone) => zone !== undefined);
      const last = integer(single(answer, 'LAST')) ?? first + zones.length - 1;
      const total = integer(single(answer, 'TOTAL')) ?? 0;
      const ended = zones.length === 0 || last < first || last + 1 >= total;
      return {
        zones: zones.map((zone) => zone.toLowerCase().replace(/\.$/, '')),
        next: ended ? undefined : last + 1,
      };
    },

    /** QueryDNSZoneRRList, records of one type. */
    async records(zone: string, type: 'TXT' | 'CNAME', signal: AbortSignal): Promise<readonly string[]> {
      const { answer } = await send('QueryDNSZoneRRList', { dnszone: wireName(zone), rrtype: type }, signal);
      return column(answer, 'RR').filter((line) => line !== undefined);
    },

    /** UpdateDNSZone with one ADDRR. */
    async add(zone: string, line: string, signal: AbortSignal): Promise<void> {
      await send('UpdateDNSZone', { dnszone: wireName(zone), addrr: [line], incserial: 1 }, signal);
    },

    /** UpdateDNSZone with one DELRR: a line as it was listed. */
    async remove(zone: string, line: string, signal: AbortSignal): Promise<void> {
      await send('UpdateDNSZone', { dnszone: wireName(zone), delrr: [line], incserial: 1 }, signal);
    },
  };
}

function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
