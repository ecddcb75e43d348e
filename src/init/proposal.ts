/** From what was found to entries of an inventory, with what a person still has to decide. Pure. */
import type { ProductFacts, ProviderCapabilities } from '../contracts/capabilities.ts';
import { keyTypes, type DcvMethod, type KeyType } from '../core/certificate.ts';
import { formatDuration } from '../core/durations.ts';
import type { Found, Proof } from './found.ts';
import type { ServerUse } from './servers.ts';

/** What was asked, or said by flags. */
export interface Answers {
  /** Type of the provider: "rrpproxy". */
  readonly provider: string;
  readonly login: string;
  /** For names without a wildcard; with one another is taken where it must be. */
  readonly product: string;
  /** Undefined: as it is proved now, else by file where there is no wildcard. */
  readonly dcv: DcvMethod | undefined;
  readonly webroot: string;
  readonly nameServer: string;
  readonly approver: string;
}

export interface Publisher {
  readonly name: string;
  readonly settings:
    | { readonly type: 'webroot'; readonly path: string }
    | {
        readonly type: 'rfc2136';
        readonly server: string;
        readonly zones: readonly string[];
        readonly keyName: string;
        readonly algorithm: string;
      };
}

export interface Entry {
  readonly name: string;
  readonly names: readonly string[];
  readonly product: string;
  readonly keyType: KeyType;
  readonly dcv: { readonly method: DcvMethod; readonly publisher?: string; readonly approver?: string };
  readonly directory: string;
  readonly reload: readonly string[] | undefined;
  readonly probes: readonly string[];
  readonly comments: readonly string[];
  /** Files to bring into the directory first: from, to, mode. */
  readonly copies: readonly { readonly from: string; readonly to: string; readonly mode: string }[];
}

export interface Proposal {
  readonly entries: readonly Entry[];
  readonly publishers: readonly Publisher[];
}

export interface ProposalOptions {
  readonly answers: Answers;
  readonly capabilities: Pick<ProviderCapabilities, 'products' | 'knownProducts'>;
  readonly uses: (found: Found) => readonly ServerUse[];
  /** Directory for what no known server reads: one below it for each entry. */
  readonly tls: string;
  readonly now: Date;
}

/** "example.com" with "www." or "*." before it: what products for one name hold beside it. */
function areTwins([one = '', other = '']: readonly string[]): boolean {
  return [one, other].some((name, index) => {
    const twin = index === 0 ? other : one;
    return name === `www.${twin}` || name === `*.${twin}`;
  });
}

function fits({ maxNames, wildcard }: ProductFacts, names: readonly string[]): boolean {
  if (names.length > maxNames || (!wildcard && names.some((name) => name.startsWith('*.')))) return false;
  return names.length === 1 || maxNames > 2 || areTwins(names);
}

/** The wished one where it can hold the names, else the smallest domain-validated one that can. */
export function productFor(
  names: readonly string[],
  wish: string,
  { products, knownProducts }: ProposalOptions['capabilities'],
): { readonly product: string; readonly doubt: boolean } {
  const known = Object.entries(products ?? knownProducts ?? {});
  const own = known.find(([name]) => name.toLowerCase() === wish.toLowerCase());
  if (own !== undefined && fits(own[1], names)) return { product: wish, doubt: false };
  const other = known
    .filter(([, facts]) => (facts.validation ?? 'dv') === 'dv' && fits(facts, names))
    .toSorted(([, a], [, b]) => a.maxNames - b.maxNames)[0];
  return other === undefined
    ? { product: wish, doubt: true }
    : { product: other[0], doubt: own !== undefined };
}

/** Nobody but the operator knows where zones are cut: two labels, three below such as co.uk. */
export function zoneGuess(name: string): string {
  const labels = name.replace(/^\*\./, '').split('.');
  const [second = '', top = ''] = labels.slice(-2);
  const deep = top.length === 2 && second.length <= 3 && labels.length > 2;
  return labels.slice(deep ? -3 : -2).join('.');
}

class Publishers {
  readonly #list: { name: string; settings: Publisher['settings'] }[] = [];

  forFiles(path: string): string {
    const known = this.#list.find(({ settings }) => settings.type === 'webroot' && settings.path === path);
    return known?.name ?? this.#add('web', { type: 'webroot', path });
  }

  forZones(proof: Omit<Proof & { method: 'dns' }, 'method'>, names: readonly string[]): string {
    const zones = names.map(zoneGuess);
    const known = this.#list.find(
      ({ settings }) =>
        settings.type === 'rfc2136' && settings.server === proof.server && settings.keyName === proof.keyName,
    );
    if (known?.settings.type !== 'rfc2136') {
      const { server, keyName, algorithm } = proof;
      return this.#add('dns', { type: 'rfc2136', server, keyName, algorithm, zones: [...new Set(zones)] });
    }
    known.settings = { ...known.settings, zones: [...new Set([...known.settings.zones, ...zones])] };
    return known.name;
  }

  #add(stem: string, settings: Publisher['settings']): string {
    const count = this.#list.filter(({ name }) => name.startsWith(stem)).length;
    const name = count === 0 ? stem : `${stem}-${count + 1}`;
    this.#list.push({ name, settings });
    return name;
  }

  get all(): readonly Publisher[] {
    return this.#list;
  }
}

function dcvOf({ facts, proof }: Found, answers: Answers, publishers: Publishers): Entry['dcv'] {
  const wildcard = facts.names.some((name) => name.startsWith('*.'));
  const wished = answers.dcv ?? proof?.method ?? (wildcard ? 'dns' : 'file');
  if (wished === 'email') return { method: 'email', approver: answers.approver };
  if (wished === 'file' && !wildcard) {
    const path = proof?.method === 'file' ? proof.path : answers.webroot;
    return { method: 'file', publisher: publishers.forFiles(path) };
  }
  const dns =
    proof?.method === 'dns'
      ? proof
      : { server: answers.nameServer, keyName: 'renewd', algorithm: 'hmac-sha256' as const };
  return { method: 'dns', publisher: publishers.forZones(dns, facts.names) };
}

/** Letters, digits and ".", "_", "-", unique. */
function entryName(label: string, taken: Set<string>): string {
  const stem =
    label
      .replaceAll(/[^A-Za-z0-9._-]/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 90) || 'certificate';
  let name = stem;
  for (let count = 2; taken.has(name); count += 1) name = `${stem}-${count}`;
  taken.add(name);
  return name;
}

function isKeyType(text: string): text is KeyType {
  return keyTypes.some((one) => one === text);
}

function endText(notAfter: Date, now: Date): string {
  const day = notAfter.toISOString().slice(0, 10);
  const leftMs = notAfter.getTime() - now.getTime();
  return leftMs > 0
    ? `ends ${day}, in ${formatDuration(leftMs)}`
    : `ended ${day}, ${formatDuration(-leftMs)} ago`;
}

function copiesOf({ pair }: Found, directory: string): Entry['copies'] {
  if (pair === undefined || pair.inPlace !== undefined) return [];
  return [
    { from: pair.key, to: `${directory}/privkey.pem`, mode: '0640' },
    { from: pair.fullchain ?? pair.certificate, to: `${directory}/fullchain.pem`, mode: '0644' },
  ];
}

function entryOf(found: Found, name: string, publishers: Publishers, options: ProposalOptions): Entry {
  const { answers, capabilities, now } = options;
  const { facts, pair, endpoints, notes } = found;
  const uses = options.uses(found);
  const { product, doubt } = productFor(facts.names, answers.product, capabilities);
  const directory =
    pair?.inPlace ??
    `${uses.find((use) => use.tlsDirectory !== undefined)?.tlsDirectory ?? options.tls}/${name}`;
  const keyType = isKeyType(facts.keyType) ? facts.keyType : 'ecdsa-p256';
  const place =
    pair === undefined ? `Seen at ${endpoints.join(', ')}` : `Found as ${pair.certificate} with ${pair.key}`;
  const web = uses.some((use) => use.tlsDirectory !== undefined);
  const first = facts.names.find((one) => !one.startsWith('*.'));
  const decide = [
    'provider and product: who is to issue it from now on',
    ...(doubt ? [`whether "${product}" can hold these names`] : []),
    ...(pair === undefined ? ['on which host its files go, and what has to be reloaded there'] : []),
    ...(pair !== undefined && uses.length === 0
      ? ['what has to be reloaded, and who must be able to read the key (owner, group)']
      : []),
  ];
  return {
    name,
    names: facts.names,
    product,
    keyType,
    dcv: dcvOf(found, answers, publishers),
    directory,
    reload: uses[0]?.reload,
    // A guess that nobody confirmed would only be in the way of a renewal.
    probes: endpoints.length > 0 || !web || first === undefined ? endpoints : [`${first}:443`],
    comments: [
      `${place}: ${endText(facts.notAfter, now)}; issued by ${facts.issuer}; ${facts.keyType}.`,
      ...(keyType === facts.keyType
        ? []
        : [`Its key type ${facts.keyType} is none that renewd makes; ${keyType} is proposed.`]),
      ...uses.map((use) => `${use.server} reads it: ${use.where}`),
      ...(uses.length > 1
        ? [
            `Further reloads wanted: ${uses
              .slice(1)
              .map((use) => use.reload.join(' '))
              .join('; ')}`,
          ]
        : []),
      ...notes,
      ...(copiesOf(found, directory).length === 0
        ? []
        : ['Take it over with take-over.sh, then let the server read the files below `directory`.']),
      `To decide: ${decide.join('; ')}. Then remove \`hold\`.`,
    ],
    copies: copiesOf(found, directory),
  };
}

export function propose(found: readonly Found[], options: ProposalOptions): Proposal {
  const publishers = new Publishers();
  const taken = new Set<string>();
  const entries = found.map((one) => entryOf(one, entryName(one.label, taken), publishers, options));
  if (publishers.all.length === 0) {
    const { dcv, webroot, nameServer } = options.answers;
    if (dcv === 'dns')
      publishers.forZones({ server: nameServer, keyName: 'renewd', algorithm: 'hmac-sha256' }, [
        'example.com',
      ]);
    else if (dcv !== 'email') publishers.forFiles(webroot);
  }
  return { entries, publishers: publishers.all };
}
