/** The knobs of KeyDNS, where the vendor's pages are silent or practice departs from them. */

export interface KeyDnsOptions {
  /** Which of the name server's zones the first account holds from the start. */
  readonly keyDnsZones: 'all' | readonly string[];
  /** How owners are listed: `@` and `www`, or `example.com.` and `www.example.com.`. */
  readonly keyDnsOwners: 'relative' | 'absolute';
  /** A target without final dot in a record sent: as in a zone file below the zone, or taken as it is. */
  readonly undottedTargets: 'relative' | 'absolute';
  /** ADDRR of a record already there: nothing happens, or this code. */
  readonly duplicateRecord: 'accept' | 540 | 541 | 549;
  /** AddDNSZone without SOATTL and SOASERIAL is refused, as on the vendor's test system. */
  readonly zoneNeedsSoa: boolean;
  /** Further records that cannot be changed, by their owner (without dot) and type: `www.example.com A`. */
  readonly lockedRecords: readonly string[];
}

export const KEYDNS_DEFAULTS: KeyDnsOptions = {
  keyDnsZones: 'all',
  keyDnsOwners: 'relative',
  undottedTargets: 'relative',
  duplicateRecord: 'accept',
  zoneNeedsSoa: false,
  lockedRecords: [],
};
