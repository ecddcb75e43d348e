import type { DnsAddress } from '../dns/client.ts';
import { queryDns } from '../dns/client.ts';
import { rcodeName, rdataToText, txtValue, TYPE } from '../dns/rdata.ts';
import type { DcvResolver } from './dcv.ts';

/** The CA's eyes on DNS: one server at a configured address, asked anew each time, nothing cached. */
export function createDcvResolver(server: DnsAddress, timeoutMs = 1_500): DcvResolver {
  return {
    description: `${server.host}:${server.port}`,
    async look(name, type) {
      const answer = await queryDns(server, name, TYPE[type], { timeoutMs });
      const aliases = new Map<string, string>();
      const texts = new Map<string, string[]>();
      for (const record of answer.answers) {
        const owner = record.name.toLowerCase();
        if (record.type === TYPE.CNAME)
          aliases.set(owner, rdataToText(record.type, record.data).toLowerCase());
        if (record.type === TYPE.TXT) {
          texts.set(owner, [...(texts.get(owner) ?? []), txtValue(record.data)]);
        }
      }
      return { rcode: rcodeName(answer.rcode), aliases, texts };
    },
  };
}
