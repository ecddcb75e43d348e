/**
 * Zone tasks of the JSON API. Search and information: OpenAPI document of April 2026, paths `/zone/_search` and
 * `/zone/{name}/{systemNameServer}`; changes: `/zone/{name}/_stream`, which needs no name server.
 */
import type { Account, VendorDependencies } from '../../vendors/internetx/account.ts';
import { createJsonTransport, type JsonRequest } from '../../vendors/internetx/json-transport.ts';
import type { ZoneGateway, ZoneId, ZoneRecord } from './gateway.ts';
import { readZone } from './schema.ts';

export function createJsonZoneGateway(account: Account, dependencies: VendorDependencies): ZoneGateway {
  const transport = createJsonTransport(account, dependencies);

  const post = (
    command: string,
    path: string,
    body: object,
    signal: AbortSignal,
  ): Promise<{ data: readonly unknown[] }> =>
    transport.send({ command, method: 'POST', path, body, repeatable: true, signal } satisfies JsonRequest);

  return {
    findZone: async (name, signal) => {
      const filters = [{ key: 'name', operator: 'EQUAL', value: name }];
      const { data } = await post(
        'ZoneList',
        '/zone/_search',
        { filters, view: { limit: 2, offset: 0 } },
        signal,
      );
      const zones = data.map(readZone);
      // Compared here as well: a filter that is not obeyed must not lead into somebody else's zone.
      const zone = zones.find((one) => sameName(one.origin ?? one.name, name));
      return zone === undefined
        ? undefined
        : { origin: name, nameServer: zone.virtualNameServer ?? zone.systemNameServer };
    },

    records: async (zone, signal) => {
      const path = [zone.origin, zone.nameServer]
        .flatMap((part) => (part === undefined ? [] : [encodeURIComponent(part)]))
        .join('/');
      const { data } = await transport.send({
        command: 'ZoneInfo',
        method: 'GET',
        path: `/zone/${path}`,
        repeatable: true,
        signal,
      });
      return data[0] === undefined ? undefined : readZone(data[0]).resourceRecords;
    },

    add: async (zone, record, signal) => {
      await post('ZoneStream', streamPath(zone), { adds: [wireRecord(record)], rems: [] }, signal);
    },
    remove: async (zone, record, signal) => {
      await post('ZoneStream', streamPath(zone), { adds: [], rems: [wireRecord(record)] }, signal);
    },
    close: () => transport.close(),
  };
}

function streamPath({ origin }: ZoneId): string {
  return `/zone/${encodeURIComponent(origin)}/_stream`;
}

function wireRecord({ name, type, value, ttlSeconds }: ZoneRecord): object {
  return { name, ...(ttlSeconds === undefined ? {} : { ttl: ttlSeconds }), type, value };
}

function sameName(one: string | undefined, other: string): boolean {
  return one?.toLowerCase().replace(/\.$/, '') === other;
}
