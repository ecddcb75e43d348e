/**
 * AutoDNS's zone tasks as functions, typed, the same for both encodings. No policy, no retries. All are *repeatable*:
 * a value that is there already, or gone already, is told by its own reason.
 */

/** As the vendor writes it: the name relative to the zone, empty for the zone's own name; text without quotes. */
export interface ZoneRecord {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly ttlSeconds: number | undefined;
}

export interface ZoneId {
  /** The zone's name, no final dot. */
  readonly origin: string;
  /** The first name server, which tells zones of the same name apart; absent where the zone is only configured. */
  readonly nameServer: string | undefined;
}

export interface ZoneGateway {
  /** The zone of exactly this name: search by name, 0205. Undefined: the account has none. */
  readonly findZone: (name: string, signal: AbortSignal) => Promise<ZoneId | undefined>;
  /** Every record of the zone, 0205. Undefined: the account has no such zone. */
  readonly records: (zone: ZoneId, signal: AbortSignal) => Promise<readonly ZoneRecord[] | undefined>;
  /** One record more: stream 0202002, XML patch 0202001. Throws `provider-conflict` (EF02022) when it is there. */
  readonly add: (zone: ZoneId, record: ZoneRecord, signal: AbortSignal) => Promise<void>;
  /** One record less; it must be written as it is listed. */
  readonly remove: (zone: ZoneId, record: ZoneRecord, signal: AbortSignal) => Promise<void>;
  readonly close: () => Promise<void>;
}
