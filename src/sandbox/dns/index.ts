import type { SandboxClock } from '../contract.ts';
import { zoneOf } from './answer.ts';
import { DnsFormatError, nameToWire, normalizeName } from './name.ts';
import { rdataKey, rdataToText, textToRdata, TYPE } from './rdata.ts';
import type { RecordType } from './rdata.ts';
import { createResponder } from './responder.ts';
import type { QueryHistoryEntry } from './responder.ts';
import { servePackets } from './sockets.ts';
import type { TsigKey } from './tsig.ts';
import type { UpdateHistoryEntry } from './update.ts';
import { createZone, DEFAULT_TTL_SECONDS, zoneSnapshot } from './zone.ts';
import type { Zone } from './zone.ts';
import * as zoneData from './zone.ts';

/**
 * The sandbox's authoritative name server on 127.0.0.1: zones in memory, questions over UDP and TCP, signed updates, and
 * the same by calls from within the process. It resolves nothing for others and knows nothing outside its zones.
 */

export { RECORD_TYPES } from './rdata.ts';
export type { RecordType } from './rdata.ts';
export type { QueryHistoryEntry } from './responder.ts';
export type { TsigKey } from './tsig.ts';
export type { UpdateChange, UpdateHistoryEntry } from './update.ts';

export interface SandboxDnsOptions {
  readonly clock: SandboxClock;
  /** "example.test" */
  readonly zones: readonly string[];
  readonly tsigKeys?: readonly TsigKey[];
  /** 0 (the default): the kernel chooses. */
  readonly port?: number;
}

export interface DnsRecordText {
  readonly name: string;
  readonly type: RecordType;
  /** As a zone file writes it, without quotes and last dot; a TXT value may come as its several strings. */
  readonly value: string | readonly string[];
  /** Default 60. */
  readonly ttl?: number;
}

export interface SandboxDns {
  readonly address: { readonly host: '127.0.0.1'; readonly port: number };
  readonly tsigKeys: readonly TsigKey[];
  /** Throws a sentence for people when the record cannot be; adding what is there already changes nothing. */
  addRecord(record: DnsRecordText): void;
  /** Without a value: the whole set. Returns how many records went. */
  removeRecord(record: Omit<DnsRecordText, 'value' | 'ttl'> & Partial<Pick<DnsRecordText, 'value'>>): number;
  /** Values as text; empty when there is nothing. */
  records(name: string, type: RecordType): string[];
  serial(zone: string): number;
  readonly updates: readonly UpdateHistoryEntry[];
  /** The latest 10 000 questions. */
  readonly queries: readonly QueryHistoryEntry[];
  clearHistory(): void;
  snapshot(): Record<string, unknown>;
  close(): Promise<void>;
}

const QUERIES_KEPT = 10_000;

export async function startSandboxDns(options: SandboxDnsOptions): Promise<SandboxDns> {
  const zones = new Map<string, Zone>();
  for (const given of options.zones) {
    const origin = normalizeName(given);
    nameToWire(origin);
    if (origin === '')
      throw new DnsFormatError('The sandbox cannot be the root zone; "example.test" would be right.');
    zones.set(origin, createZone(origin));
  }
  const tsigKeys = (options.tsigKeys ?? []).map(checkedKey);
  const updates: UpdateHistoryEntry[] = [];
  const queries: QueryHistoryEntry[] = [];

  const respond = createResponder({
    clock: options.clock,
    zones,
    keys: tsigKeys,
    onUpdate: (entry) => updates.push(entry),
    onQuery(entry) {
      queries.push(entry);
      if (queries.length > QUERIES_KEPT) queries.shift();
    },
  });
  const server = await servePackets(options.port ?? 0, respond);

  function place(name: string): { name: string; zone: Zone } {
    const normalized = normalizeName(name);
    const zone = zoneOf(normalized, zones);
    if (zone === undefined) {
      throw new Error(
        `"${name}" lies in none of the sandbox's zones (${[...zones.keys()].join(', ') || 'it has none'}).`,
      );
    }
    return { name: normalized, zone };
  }

  return {
    address: { host: '127.0.0.1', port: server.port },
    tsigKeys,
    updates,
    queries,

    addRecord(record) {
      const { name, zone } = place(record.name);
      nameToWire(name);
      const type = TYPE[record.type];
      const data = textToRdata(record.type, record.value);
      const problem = zoneData.additionProblem(zone, name, type);
      if (problem !== undefined) throw new Error(`${record.type} ${name} cannot be added: ${problem}.`);
      const ttl = record.ttl ?? DEFAULT_TTL_SECONDS;
      if (zoneData.addRecord(zone, { name, type, ttl, data })) zoneData.incrementSerial(zone);
    },

    removeRecord(record) {
      const { name, zone } = place(record.name);
      const type = TYPE[record.type];
      const before = zoneData.setOf(zone, name, type)?.data.size ?? 0;
      const changed =
        record.value === undefined
          ? zoneData.removeSet(zone, name, type)
          : removeValue(zone, name, type, textToRdata(record.type, record.value));
      if (changed) zoneData.incrementSerial(zone);
      return before - (zoneData.setOf(zone, name, type)?.data.size ?? 0);
    },

    records(name, type) {
      const placed = place(name);
      const set = zoneData.setOf(placed.zone, placed.name, TYPE[type]);
      return [...(set?.data.values() ?? [])].map((data) => rdataToText(TYPE[type], data));
    },

    serial: (zone) => zoneData.serial(place(zone).zone),

    clearHistory() {
      updates.length = 0;
      queries.length = 0;
    },

    snapshot: () => ({
      address: `127.0.0.1:${server.port}`,
      zones: [...zones.values()].map(zoneSnapshot),
      tsigKeys: tsigKeys.map(({ name, algorithm, zones: allowed }) => ({
        name,
        algorithm,
        zones: allowed ?? 'all',
      })),
      updates: [...updates],
    }),

    close: () => server.close(),
  };
}

/** A TXT value is removed however its text was cut into strings. */
function removeValue(zone: Zone, name: string, type: number, data: Buffer): boolean {
  const wanted = rdataToText(type, data);
  const stored = [...(zoneData.setOf(zone, name, type)?.data.values() ?? [])].find(
    (each) =>
      rdataKey(type, each) === rdataKey(type, data) ||
      (type === TYPE.TXT && rdataToText(type, each) === wanted),
  );
  return stored !== undefined && zoneData.removeRecord(zone, name, type, stored);
}

function checkedKey(key: TsigKey): TsigKey {
  if (Buffer.from(key.secret, 'base64').length === 0) {
    throw new Error(`The secret of the TSIG key "${key.name}" is not base64.`);
  }
  return {
    ...key,
    name: normalizeName(key.name),
    ...(key.zones === undefined ? {} : { zones: key.zones.map(normalizeName) }),
  };
}
