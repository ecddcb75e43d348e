import type { CaCheck, DcvRequirement } from '../contract.ts';
import { messageOf } from '../guards.ts';
import type { FetchFile } from './file-fetcher.ts';

/** Looks at the evidence for one requirement with the CA's own eyes: asks DNS, fetches the file. */

/** One answer to one question, aliases not followed. */
export interface DnsLook {
  /** "NOERROR", "NXDOMAIN", … */
  readonly rcode: string;
  /** Canonical names met in the answer, owner (lower-case) to target (lower-case). */
  readonly aliases: ReadonlyMap<string, string>;
  /** TXT values by owner (lower-case), each with its strings joined. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
}

/** The CA's way to ask DNS. Rejects with a sentence for people when there is no answer. */
export interface DcvResolver {
  /** For people: "127.0.0.1:5353". */
  readonly description: string;
  look(name: string, type: 'TXT' | 'CNAME'): Promise<DnsLook>;
}

export interface DcvEyes {
  readonly resolver: DcvResolver;
  readonly fetchFile: FetchFile;
}

/** How many aliases a delegated TXT record may be away; public resolvers stop at a similar number. */
const ALIASES_MAX = 8;

/** What the CA can see for itself; an approval by mail it has to be told. */
export type VisibleRequirement = Exclude<DcvRequirement, { kind: 'email' }>;

export async function checkRequirement(requirement: VisibleRequirement, eyes: DcvEyes): Promise<CaCheck> {
  try {
    return { requirement, ...(await find(requirement, eyes)) };
  } catch (error) {
    // No answer is a finding like any other: the order stays pending and people can read why.
    return { requirement, fulfilled: false, detail: messageOf(error) };
  }
}

type Finding = Pick<CaCheck, 'fulfilled' | 'detail'>;

function find(requirement: VisibleRequirement, eyes: DcvEyes): Promise<Finding> {
  switch (requirement.kind) {
    case 'dns-txt':
      return checkTxt(requirement, eyes.resolver);
    case 'dns-cname':
      return checkCname(requirement, eyes.resolver);
    case 'http':
    default:
      return checkFile(requirement, eyes.fetchFile);
  }
}

async function checkTxt(
  requirement: DcvRequirement & { kind: 'dns-txt' },
  resolver: DcvResolver,
): Promise<Finding> {
  const path = [requirement.recordName.toLowerCase()];
  for (;;) {
    const asked = path.at(-1) ?? '';
    const answer = await resolver.look(asked, 'TXT');
    // The server may have followed some aliases itself; take the rest of the way from its answer.
    for (let next = answer.aliases.get(path.at(-1) ?? ''); next !== undefined;) {
      if (path.includes(next))
        return { fulfilled: false, detail: `the alias of ${path[0]} runs in a circle` };
      path.push(next);
      if (path.length > ALIASES_MAX + 1) {
        return { fulfilled: false, detail: `${path[0]} is more than ${ALIASES_MAX} aliases away` };
      }
      next = answer.aliases.get(next);
    }
    const end = path.at(-1) ?? '';
    const texts = answer.texts.get(end);
    const where = `TXT ${path.join(' -> ')} at ${resolver.description}`;
    if (texts !== undefined && texts.length > 0) {
      if (texts.includes(requirement.value)) return { fulfilled: true, detail: `${where}: found` };
      const seen = texts.map((text) => JSON.stringify(shorten(text))).join(', ');
      return {
        fulfilled: false,
        detail: `${where}: ${seen}; ${JSON.stringify(requirement.value)} would be right`,
      };
    }
    if (end === asked) {
      return {
        fulfilled: false,
        detail: `${where}: ${answer.rcode === 'NOERROR' ? 'no data' : answer.rcode}`,
      };
    }
  }
}

/** The record itself must be the alias; no alias on the way to it is followed. */
async function checkCname(
  requirement: DcvRequirement & { kind: 'dns-cname' },
  resolver: DcvResolver,
): Promise<Finding> {
  const name = requirement.recordName.toLowerCase();
  const answer = await resolver.look(name, 'CNAME');
  const where = `CNAME ${name} at ${resolver.description}`;
  const target = answer.aliases.get(name);
  if (target === undefined) {
    return { fulfilled: false, detail: `${where}: ${answer.rcode === 'NOERROR' ? 'no data' : answer.rcode}` };
  }
  const wanted = requirement.target.toLowerCase().replace(/\.$/, '');
  if (target === wanted) return { fulfilled: true, detail: `${where}: found` };
  return { fulfilled: false, detail: `${where}: ${target}; ${wanted} would be right` };
}

async function checkFile(
  requirement: DcvRequirement & { kind: 'http' },
  fetchFile: FetchFile,
): Promise<Finding> {
  const file = await fetchFile(requirement.url);
  const where = file.url === requirement.url ? file.url : `${requirement.url} -> ${file.url}`;
  if (file.status < 200 || file.status > 299) {
    return { fulfilled: false, detail: `GET ${where}: status ${file.status}; 2xx would be right` };
  }
  const seen = withoutLastNewline(file.body.toString('utf8'));
  const wanted = withoutLastNewline(requirement.content);
  if (seen === wanted) return { fulfilled: true, detail: `GET ${where}: found` };
  return {
    fulfilled: false,
    detail: `GET ${where}: ${JSON.stringify(shorten(seen))}; ${JSON.stringify(wanted)} would be right`,
  };
}

/** Editors end files with a newline; CAs do not mind that one. */
const withoutLastNewline = (text: string): string => text.replace(/\r?\n$/, '');

const shorten = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);
