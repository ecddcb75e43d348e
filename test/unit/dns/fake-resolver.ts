/** A resolver that knows a few records, and the zones they are in. */
import { rcodes, type RecordTypeName } from '../../../src/dns/codes.ts';
import type { Message, ResourceRecord } from '../../../src/dns/message.ts';
import { blankHeader } from '../../../src/dns/message.ts';
import { longestZone, sameName } from '../../../src/dns/name.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import type { Resolver } from '../../../src/dns/resolver.ts';
import { soaRecord } from './fake-server.ts';

export interface FakeResolver extends Resolver {
  /** "type name", in the order asked. */
  readonly asked: readonly string[];
}

export interface FakeResolverPlan {
  readonly records: readonly ResourceRecord[];
  /** Zones whose SOA negative answers carry. */
  readonly zones: readonly string[];
  /** "type name" of questions that fail. */
  readonly failing?: readonly string[];
}

export function fakeResolver({ records, zones, failing = [] }: FakeResolverPlan): FakeResolver {
  const asked: string[] = [];
  return {
    asked,
    async query(name: string, type: RecordTypeName, signal: AbortSignal): Promise<Message> {
      signal.throwIfAborted();
      const question = `${type} ${name}`;
      asked.push(question);
      if (failing.includes(question)) throw new RenewdError('dns-failed', `cannot look up ${question}`);
      const here = records.filter((record) => sameName(record.name, name));
      const answers = here.filter(({ data }) => data.kind === type || data.kind === 'CNAME');
      const zone = longestZone(name, zones);
      const soa = zone === undefined ? [] : [soaRecord(zone)];
      const isApex = type === 'SOA' && zone !== undefined && sameName(zone, name);
      return {
        header: {
          ...blankHeader(1, 0),
          response: true,
          rcode: here.length > 0 || isApex ? rcodes.NOERROR : rcodes.NXDOMAIN,
        },
        questions: [],
        answers: isApex ? soa : answers,
        authorities: isApex || answers.length > 0 ? [] : soa,
        additionals: [],
      };
    },
  };
}
