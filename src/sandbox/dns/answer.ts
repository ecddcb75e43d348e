import { isWithin, labels } from './name.ts';
import { CLASS, RCODE, TYPE } from './rdata.ts';
import type { DnsQuestion, DnsRecord } from './wire.ts';
import * as zones from './zone.ts';
import type { Zone } from './zone.ts';

/** Answers questions from the zones, following aliases as far as the server's own zones reach (RFC 1034 §4.3.2). */

export interface QueryAnswer {
  readonly rcode: number;
  readonly authoritative: boolean;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}

const ALIASES_MAX = 16;

export function answerQuestion(question: DnsQuestion, zonesByOrigin: ReadonlyMap<string, Zone>): QueryAnswer {
  const answers: DnsRecord[] = [];
  const end = (rcode: number, authorities: DnsRecord[] = [], additionals: DnsRecord[] = []): QueryAnswer => ({
    rcode,
    // RFC 1035 §4.1.1: AA speaks of the first name in the answer; a bare referral or a refusal is nobody's authority.
    authoritative: answers.length > 0 || (rcode !== RCODE.REFUSED && authorities[0]?.type === TYPE.SOA),
    answers,
    authorities,
    additionals,
  });
  if (question.class !== CLASS.IN || question.type === TYPE.AXFR || question.type === TYPE.IXFR) {
    return end(RCODE.REFUSED);
  }

  // The first owner is echoed as it was asked: some resolvers scatter capitals and compare.
  let owner = question.name;
  for (let aliases = 0; aliases <= ALIASES_MAX; aliases += 1) {
    const name = owner.toLowerCase();
    const zone = zoneOf(name, zonesByOrigin);
    if (zone === undefined) return end(answers.length === 0 ? RCODE.REFUSED : RCODE.NOERROR);
    const result = zones.lookup(zone, name, question.type);
    switch (result.kind) {
      case 'found':
        answers.push(...result.records.map((record) => ({ ...record, name: owner })));
        return end(RCODE.NOERROR);
      case 'alias':
        answers.push({ ...result.record, name: owner });
        owner = result.target;
        break;
      case 'referral':
        return end(RCODE.NOERROR, result.nameServers, glue(zone, result.nameServers));
      case 'no-data':
        return end(RCODE.NOERROR, [negativeSoa(zone)]);
      case 'no-name':
        return end(RCODE.NXDOMAIN, [negativeSoa(zone)]);
    }
  }
  return end(RCODE.SERVFAIL);
}

/** The zone with the longest matching name. */
export function zoneOf(name: string, zonesByOrigin: ReadonlyMap<string, Zone>): Zone | undefined {
  const parts = labels(name);
  for (let index = 0; index <= parts.length; index += 1) {
    const zone = zonesByOrigin.get(parts.slice(index).join('.'));
    if (zone !== undefined) return zone;
  }
  return undefined;
}

/** RFC 2308 §3: the TTL is the smaller one of the SOA's own and its last number. */
function negativeSoa(zone: Zone): DnsRecord {
  const soa = zones.soaRecord(zone);
  return { ...soa, ttl: Math.min(soa.ttl, soa.data.readUInt32BE(soa.data.length - 4)) };
}

function glue(zone: Zone, nameServers: readonly DnsRecord[]): DnsRecord[] {
  return nameServers
    .map((record) => zones.nameIn(record))
    .filter((server) => isWithin(server, zone.origin))
    .flatMap((server) =>
      [TYPE.A, TYPE.AAAA].flatMap((type) => zones.recordsOf(server, type, zones.setOf(zone, server, type))),
    );
}
