/** One look at one authoritative address for one record, and what it means. */
import { isIPv6 } from 'node:net';
import type { DnsRecord } from '../contracts/publisher.ts';
import { RenewdError } from '../core/errors.ts';
import { rcodeName, rcodes } from './codes.ts';
import { fullRcode, type Message } from './message.ts';
import { sameName } from './name.ts';
import { query } from './query.ts';
import type { ServerAddress } from './server-address.ts';
import { txtEquals } from './txt-value.ts';

/** Milliseconds for one question and transport. */
const questionTimeoutMs = 3000;

export interface Sighting {
  readonly outcome:
    | 'visible'
    | 'invisible'
    /** No answer came, and that may say more about our network than about the server: no route, or IPv6. */
    | 'out-of-reach';
  /** For people: zone serial and what was seen, or why nothing was. */
  readonly detail: string;
}

/** The record's values in the answer: how many there are, and whether ours is among them. */
function valuesIn(answer: Message, record: DnsRecord): { readonly count: number; readonly ours: boolean } {
  const matches: boolean[] = [];
  for (const { name, data } of answer.answers) {
    if (!sameName(name, record.name)) continue;
    if (data.kind === 'TXT' && record.type === 'TXT') matches.push(txtEquals(data.segments, record.value));
    if (data.kind === 'CNAME' && record.type === 'CNAME') matches.push(sameName(data.target, record.value));
  }
  return { count: matches.length, ours: matches.includes(true) };
}

function hidden(seen: string): { readonly visible: boolean; readonly seen: string } {
  return { visible: false, seen };
}

/** Visible only when the server speaks from its own data (AA) and one value is exactly ours. */
function judgeAnswer(
  answer: Message,
  record: DnsRecord,
): { readonly visible: boolean; readonly seen: string } {
  const rcode = fullRcode(answer);
  const { authoritative } = answer.header;
  if (rcode !== rcodes.NOERROR && rcode !== rcodes.NXDOMAIN) return hidden(`answers ${rcodeName(rcode)}`);
  if (!authoritative) return hidden('is not authoritative for the zone');
  const { count, ours } = valuesIn(answer, record);
  if (ours) return { visible: true, seen: count > 1 ? `our value, one of ${count}` : 'our value' };
  if (count > 0) return hidden(`${count} other ${count === 1 ? 'value' : 'values'}`);
  const alias = answer.answers.find(({ name, data }) => data.kind === 'CNAME' && sameName(name, record.name));
  if (alias?.data.kind === 'CNAME') return hidden(`an alias to ${alias.data.target} instead`);
  return hidden(rcode === rcodes.NXDOMAIN ? 'the name does not exist' : `no ${record.type} record`);
}

function serialIn(answer: Message, zone: string): number | undefined {
  for (const { name, data } of [...answer.answers, ...answer.authorities]) {
    if (data.kind === 'SOA' && sameName(name, zone)) return data.serial;
  }
  return undefined;
}

function unanswered(error: RenewdError, address: ServerAddress): Sighting {
  const outOfReach = error.fields['noRoute'] === true || isIPv6(address.host);
  return { outcome: outOfReach ? 'out-of-reach' : 'invisible', detail: error.message };
}

/** Never rejects for what a server does or does not do; when the signal fires, the row says that time is up. */
export async function lookAt(
  address: ServerAddress,
  zone: string,
  record: DnsRecord,
  signal: AbortSignal,
): Promise<Sighting> {
  const options = { recursionDesired: false, timeoutMs: questionTimeoutMs, signal };
  try {
    // First the serial: should the zone move on in between, the value shown is of that serial or a later one.
    const serial = serialIn(await query(address, zone, 'SOA', options), zone);
    const { visible, seen } = judgeAnswer(await query(address, record.name, record.type, options), record);
    const detail = serial === undefined ? seen : `serial ${serial}: ${seen}`;
    return { outcome: visible ? 'visible' : 'invisible', detail };
  } catch (error) {
    if (signal.aborted) return { outcome: 'invisible', detail: 'no answer before the time was up' };
    if (!(error instanceof RenewdError)) throw error;
    return unanswered(error, address);
  }
}
