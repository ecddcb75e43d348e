/**
 * Zone tasks of the XML gateway: 0205 with a search or with a zone's name, 0202001 with one record. Forms as public
 * clients send them (acme.sh `dns_autodns`, Posh-ACME AutoDNS).
 */
import { childOf, childrenOf, node, optionalNode, textAt } from '../../vendors/common/xml.ts';
import type { XmlElement, XmlNode } from '../../vendors/common/xml.ts';
import type { Account, VendorDependencies } from '../../vendors/internetx/account.ts';
import { createXmlTransport } from '../../vendors/internetx/xml-transport.ts';
import type { XmlEnvelope } from '../../vendors/internetx/xml-wire.ts';
import type { ZoneGateway, ZoneId, ZoneRecord } from './gateway.ts';
import { readZone } from './schema.ts';

export function createXmlZoneGateway(account: Account, dependencies: VendorDependencies): ZoneGateway {
  const transport = createXmlTransport(account, dependencies);

  const send = (
    command: string,
    task: string,
    content: readonly XmlNode[],
    signal: AbortSignal,
  ): Promise<XmlEnvelope> => transport.send({ command, task, content, repeatable: true }, signal);

  const change = async (
    element: 'rr_add' | 'rr_rem',
    zone: ZoneId,
    record: ZoneRecord,
    signal: AbortSignal,
  ): Promise<void> => {
    const content = [node('default', [node(element, recordNodes(record))]), zoneNode(zone)];
    await send('ZoneUpdateBulk', '0202001', content, signal);
  };

  return {
    findZone: async (name, signal) => {
      const content = [
        node('view', [node('children', '1'), node('limit', '1')]),
        node('where', [node('key', 'name'), node('operator', 'eq'), node('value', name)]),
      ];
      const { data } = await send('ZoneList', '0205', content, signal);
      const zones = childrenOf(data, 'zone');
      // Compared here as well: a filter that is not obeyed must not lead into somebody else's zone.
      const zone = zones.find((one) => textAt(one, 'name')?.toLowerCase().replace(/\.$/, '') === name);
      return zone === undefined ? undefined : { origin: name, nameServer: textAt(zone, 'system_ns') };
    },

    records: async (zone, signal) => {
      const { data } = await send('ZoneInfo', '0205', [zoneNode(zone)], signal);
      const element = childOf(data, 'zone');
      return element === undefined
        ? undefined
        : readZone({ resourceRecords: childrenOf(element, 'rr').map(plainRecord) }).resourceRecords;
    },

    add: (zone, record, signal) => change('rr_add', zone, record, signal),
    remove: (zone, record, signal) => change('rr_rem', zone, record, signal),
    close: () => transport.close(),
  };
}

function zoneNode({ origin, nameServer }: ZoneId): XmlNode {
  return node('zone', [node('name', origin), ...optionalNode('system_ns', nameServer)]);
}

function recordNodes({ name, type, value, ttlSeconds }: ZoneRecord): readonly XmlNode[] {
  return [
    node('name', name),
    ...optionalNode('ttl', ttlSeconds === undefined ? undefined : String(ttlSeconds)),
    node('type', type),
    node('value', value),
  ];
}

function plainRecord(element: XmlElement): object {
  return {
    name: textAt(element, 'name'),
    type: textAt(element, 'type'),
    ttl: textAt(element, 'ttl'),
    // Removed as it is listed, white space included.
    value: childOf(element, 'value')?.text,
  };
}
