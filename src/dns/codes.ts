/** Numbers and names of the DNS protocol that renewd speaks (RFC 1035, RFC 2136, RFC 6891, RFC 8945). */

/** Record types by name; others stay numbers. */
export const recordTypes = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  TXT: 16,
  AAAA: 28,
  OPT: 41,
  TSIG: 250,
  ANY: 255,
} as const;
export type RecordTypeName = keyof typeof recordTypes;

/** NONE and ANY carry meaning in updates only (RFC 2136 §1.3). */
export const recordClasses = { IN: 1, NONE: 254, ANY: 255 } as const;

export const opcodes = { query: 0, update: 5 } as const;

export const rcodes = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
} as const;

/** Error field of a TSIG record (RFC 8945 §3). */
export const tsigErrors = { none: 0, BADSIG: 16, BADKEY: 17, BADTIME: 18, BADTRUNC: 22 } as const;

const rcodeNames = new Map<number, string>(Object.entries(rcodes).map(([name, code]) => [code, name]));

/** "REFUSED", or "RCODE 11" for one without a name here. */
export function rcodeName(rcode: number): string {
  return rcodeNames.get(rcode) ?? `RCODE ${rcode}`;
}
