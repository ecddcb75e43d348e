/** DNS: do the resolvers answer, does every authoritative server of a zone, where do validation names lead. */
import { rcodeName, rcodes, recordTypes } from '../../dns/codes.ts';
import { findAuthoritativeServers, type AuthoritativeSource } from '../../dns/authoritative-servers.ts';
import { mapBounded } from '../../dns/bounded.ts';
import { followDelegation } from '../../dns/delegation.ts';
import { fullRcode } from '../../dns/message.ts';
import { longestZone } from '../../dns/name.ts';
import { query } from '../../dns/query.ts';
import { createResolver } from '../../dns/resolver.ts';
import { showServer, type ServerAddress } from '../../dns/server-address.ts';
import { toRenewdError } from '../../core/errors.ts';
import { notesOn, type Finding } from '../finding.ts';

const questionTimeoutMs = 3000;

/** Each resolver for itself: one that is down makes every look-up slow. */
export async function resolverFindings(
  server: string,
  zone: string,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const note = notesOn('dns', `resolver ${server}`);
  try {
    await createResolver({ servers: [server] }).query(zone, 'SOA', signal);
    return [note.ok(`answers (SOA of ${zone === '' ? 'the root' : zone})`)];
  } catch (thrown) {
    signal.throwIfAborted();
    return [
      note.fail(toRenewdError(thrown).message, {
        why: 'Zones and aliases of validation names are looked up here.',
        fix: 'correct `resolvers` in the configuration, or /etc/resolv.conf',
      }),
    ];
  }
}

async function askZone(
  server: ServerAddress,
  zone: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const answer = await query(server, zone, 'SOA', {
      recursionDesired: false,
      timeoutMs: questionTimeoutMs,
      signal,
    });
    const rcode = fullRcode(answer);
    if (rcode !== rcodes.NOERROR) return `answers ${rcodeName(rcode)}`;
    if (!answer.header.authoritative) return 'is not authoritative for the zone';
    return answer.answers.some(({ type }) => type === recordTypes.SOA)
      ? undefined
      : 'shows no SOA of the zone';
  } catch (thrown) {
    signal.throwIfAborted();
    return toRenewdError(thrown).message;
  }
}

/** Every one of them will be asked for the proof before the provider is told to look. */
export async function zoneFindings(
  zone: string,
  source: AuthoritativeSource,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const note = notesOn('dns', `zone ${zone}`);
  const { servers } = await findAuthoritativeServers(zone, source, signal);
  const addresses = servers.flatMap(({ name, addresses: own }) => own.map((address) => ({ name, address })));
  const asked = await mapBounded(addresses, 8, async ({ name, address }) => ({
    name,
    where: ` (${showServer(address)})`,
    problem: await askZone(address, zone, signal),
  }));
  const lost = servers.flatMap(({ name, addresses: own, lookupFailure }) =>
    own.length > 0 ? [] : [{ name, where: '', problem: lookupFailure?.message ?? 'has no address' }],
  );
  const rows = [...asked, ...lost];
  const bad = rows.filter(({ problem }) => problem !== undefined);
  if (rows.length === 0) return [note.fail('no name server is known')];
  if (bad.length === 0) return [note.ok(`all ${rows.length} address(es) of its name servers answer`)];
  const what = bad
    .slice(0, 5)
    .map(({ name, where, problem = '' }) => `${name}${where}: ${problem}`)
    .join('; ');
  const rest = {
    why: 'A proof counts as visible only when every name server shows it.',
    fix: `dig +norec SOA ${zone} @SERVER; mend the server or take it out of the NS records`,
  };
  return [bad.length === rows.length ? note.fail(what, rest) : note.warn(what, rest)];
}

/** A name in no zone of ours must lead into one by an alias. */
export async function aliasFindings(
  recordName: string,
  zones: readonly string[],
  servers: readonly string[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const note = notesOn('dns', recordName);
  const { target } = await followDelegation(recordName, createResolver({ servers }), signal);
  if (longestZone(target, zones) !== undefined)
    return [note.ok(`is an alias of ${target}, which can be written`)];
  const what = target === recordName ? 'is no alias' : `is an alias of ${target}`;
  return [
    note.warn(`${what}, and no zone of a publisher holds ${target === recordName ? 'it' : 'that'}`, {
      why: 'The proof of control could not be put there. Providers that use another label need an alias of that one.',
      fix: `${recordName}. CNAME ${recordName}.${zones[0] ?? 'ZONE-OF-A-PUBLISHER'}.`,
    }),
  ];
}
