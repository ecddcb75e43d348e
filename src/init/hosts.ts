/** Servers that are asked what they serve: a list, or single ones. */
import type { ProbeEndpoint, ProbeProtocol } from '../core/certificate.ts';
import { acceptable } from './acceptable.ts';
import type { Found, Refused, Survey } from './found.ts';

const hostsMax = 2000;
const parallelMax = 16;

/** One address of a server and what it showed. */
export interface Sight {
  readonly address: string;
  readonly leafDer: Uint8Array | undefined;
  readonly error: string | undefined;
}

export type Look = (endpoint: ProbeEndpoint) => Promise<readonly Sight[]>;

/** What is spoken before TLS at well-known ports. */
const protocols: ReadonlyMap<number, ProbeProtocol> = new Map([
  [25, 'smtp'],
  [587, 'smtp'],
  [143, 'imap'],
  [5432, 'postgresql'],
]);
/** Where TLS is asked for in words that renewd does not speak. */
const unspoken: ReadonlySet<number> = new Set([21, 110, 389]);

/** "host", "host:port", "[v6]:port"; the protocol is that of the port. Undefined: it is none. */
export function readHost(text: string): ProbeEndpoint | undefined {
  const match = /^(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?))(?::(\d{1,5}))?$/i.exec(
    text,
  );
  if (match === null) return undefined;
  const port = match[3] === undefined ? 443 : Number(match[3]);
  const host = (match[1] ?? match[2] ?? '').toLowerCase();
  if (port < 1 || port > 65_535) return undefined;
  const protocol = protocols.get(port);
  return { host, port, ...(protocol === undefined ? {} : { protocol }) };
}

/** One to a line; what follows "#" is a comment. */
export function readHosts(
  text: string,
  where: string,
): { readonly hosts: readonly ProbeEndpoint[]; readonly refused: readonly Refused[] } {
  const hosts: ProbeEndpoint[] = [];
  const refused: Refused[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const word = line.replace(/#.*/, '').trim();
    if (word === '') continue;
    const host = readHost(word);
    const place = `${where}:${index + 1}`;
    if (host === undefined) refused.push({ where: place, why: `"${word.slice(0, 80)}" is not host:port` });
    else if (hosts.length >= hostsMax) {
      refused.push({ where: place, why: `more than ${hostsMax} servers; the rest was not read` });
      break;
    } else hosts.push(host);
  }
  return { hosts, refused };
}

function textOf({ host, port }: ProbeEndpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

async function surveyHost(endpoint: ProbeEndpoint, look: Look): Promise<Survey> {
  const where = textOf(endpoint);
  if (unspoken.has(endpoint.port))
    return {
      found: [],
      refused: [
        { where, why: 'at this port TLS is asked for in words that renewd does not speak; name the files' },
      ],
    };
  const found: Found[] = [];
  const refused: Refused[] = [];
  const prints = new Set<string>();
  for (const { address, leafDer, error } of await look(endpoint)) {
    const at = address === '' || address === endpoint.host ? where : `${where} (${address})`;
    if (leafDer === undefined) {
      refused.push({ where: at, why: error ?? 'it showed no certificate' });
      continue;
    }
    const facts = acceptable(leafDer);
    if ('why' in facts) refused.push({ where: at, why: facts.why });
    else if (!prints.has(facts.fingerprint256)) {
      prints.add(facts.fingerprint256);
      found.push({
        label: facts.names[0]?.replace(/^\*\./, '') ?? endpoint.host,
        facts,
        endpoints: [where],
        notes: [],
      });
    }
  }
  if (prints.size > 1)
    refused.push({ where, why: 'its addresses show different certificates; each became an entry' });
  return { found, refused };
}

export async function surveyHosts(
  hosts: readonly ProbeEndpoint[],
  look: Look,
  progress: (done: number, all: number) => void,
): Promise<Survey> {
  const surveys: Survey[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < hosts.length; index = next++) {
      const host = hosts[index];
      if (host === undefined) return;
      surveys[index] = await surveyHost(host, look);
      done += 1;
      progress(done, hosts.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallelMax, hosts.length) }, work));
  return {
    found: surveys.flatMap(({ found }) => found),
    refused: surveys.flatMap(({ refused }) => refused),
  };
}
