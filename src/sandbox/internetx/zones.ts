/** The zone routes, on the zones of the sandbox's name server: stream, patch, inquire, search. */
import { PatchBody, readBody, SearchBody, StreamBody } from './bodies.ts';
import type { RouteContext } from './context.ts';
import { localTime } from './dates.ts';
import { managedZone, managedZones } from './dns-zones.ts';
import type { ManagedZone } from './dns-zones.ts';
import { ApiError } from './envelope.ts';
import type { Envelope, JsonObject } from './envelope.ts';
import { search } from './search.ts';
import type { Keys } from './search.ts';
import { applyChanges } from './zone-changes.ts';
import type { NamedRecords } from './zone-changes.ts';
import { ownerJson } from './world.ts';
import type { User, World } from './world.ts';

function zoneOf(
  world: World,
  name: string,
  ns: string | undefined,
  exact: boolean,
  task: string,
): ManagedZone {
  const zone = managedZone(world, name, exact);
  if (zone === undefined || (ns !== undefined && ns.toLowerCase() !== zone.nameServer)) {
    // The vendor's documents name no message code for this.
    throw new ApiError(task, [{ text: `There is no zone ${ns === undefined ? name : `${name}@${ns}`}.` }]);
  }
  return zone;
}

function zoneJson(world: World, user: User, zone: ManagedZone, withRecords: boolean): JsonObject {
  const since = localTime(world.startedAt);
  return {
    created: since,
    updated: since,
    origin: zone.origin,
    owner: ownerJson(user),
    updater: ownerJson(user),
    domainsafe: false,
    ...(withRecords ? { nameServers: [{ name: zone.nameServer }], resourceRecords: recordsJson(zone) } : {}),
    virtualNameServer: zone.nameServer,
  };
}

/** Without what the zone has by itself; owners relative to the zone, the zone itself as no name at all. */
function recordsJson({ origin, records }: ManagedZone): JsonObject[] {
  return records
    .filter(({ name, type }) => !(name === origin && (type === 'SOA' || type === 'NS')))
    .map(({ name, type, ttl, value }) => {
      const [, pref, host] = type === 'MX' ? (/^(\d+) (.*)$/.exec(value) ?? []) : [];
      return {
        name: name === origin ? '' : name.slice(0, -origin.length - 1),
        ttl,
        type,
        value: host ?? value,
        ...(pref === undefined ? {} : { pref: Number(pref) }),
      };
    });
}

function change(
  context: RouteContext,
  zone: ManagedZone,
  code: string,
  task: string,
  adds: NamedRecords,
  rems: NamedRecords,
): Envelope {
  const { world, user } = context;
  applyChanges(context, zone, task, adds, rems);
  const changed = managedZone(world, zone.origin, true) ?? zone;
  return {
    code,
    type: 'SUCCESS',
    object: { type: 'Zone', value: zone.origin },
    data: [zoneJson(world, user, changed, true)],
  };
}

/** No name server is needed, and the name may be that of a record inside the zone. */
export function streamZone(context: RouteContext): Envelope {
  const task = '0202002';
  const { world, path } = context;
  const zone = zoneOf(world, path.name ?? '', undefined, false, task);
  const body = readBody(StreamBody, context.body, task, 'zone');
  const { streamCode } = world.options;
  return change(context, zone, streamCode, task, ['adds', body.adds ?? []], ['rems', body.rems ?? []]);
}

export function patchZone(context: RouteContext): Envelope {
  const task = '0202001';
  const { world, path } = context;
  const zone = zoneOf(world, path.name ?? '', path.ns, true, task);
  const body = readBody(PatchBody, context.body, task, 'zone');
  return change(
    context,
    zone,
    `S${task}`,
    task,
    ['resourceRecordsAdd', body.resourceRecordsAdd ?? []],
    ['resourceRecordsRem', body.resourceRecordsRem ?? []],
  );
}

export function zoneInfo({ world, user, path }: RouteContext): Envelope {
  const zone = zoneOf(world, path.name ?? '', path.ns, true, '0205');
  return {
    code: 'S0205',
    type: 'SUCCESS',
    object: { type: 'Zone', value: zone.origin },
    data: [zoneJson(world, user, zone, true)],
  };
}

const KEYS: Keys<ManagedZone> = {
  name: ({ origin }) => origin,
  origin: ({ origin }) => origin,
  virtualNameServer: ({ nameServer }) => nameServer,
  primary: ({ nameServer }) => nameServer,
};

/** Rows carry no records. */
export function searchZones({ world, user, body }: RouteContext): Envelope {
  const task = '0205';
  const query = readBody(SearchBody, body, task, 'query');
  const { found, total } = search(managedZones(world), query, KEYS, task);
  return {
    code: 'S0205',
    type: 'SUCCESS',
    object: { type: 'Zone', value: '', summary: total },
    data: found.map((zone) => zoneJson(world, user, zone, false)),
  };
}
