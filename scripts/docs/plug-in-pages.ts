/** docs/providers.md and docs/publishers.md: what the manifests say as data, and the page of each folder. */
import { readFileSync } from 'node:fs';
import type { ProductFacts, ProviderCapabilities } from '../../src/contracts/capabilities.ts';
import type { ProviderManifest } from '../../src/contracts/provider.ts';
import type { CommandFact } from '../../src/contracts/provider-operations.ts';
import { providerRegistry } from '../../src/providers/registry.ts';
import { publisherRegistry } from '../../src/publishers/registry.ts';
import { code, madeFrom, markdownTable } from './table.ts';

/** The page of a folder, one level deeper: its title becomes a section, a section a subsection. Code stays as it is. */
function folderPage(folder: string): string {
  const text = readFileSync(new URL(`../../src/${folder}/README.md`, import.meta.url), 'utf8');
  let isCode = false;
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      if (line.startsWith('```')) isCode = !isCode;
      return !isCode && line.startsWith('#') ? `#${line}` : line;
    })
    .join('\n');
}

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');

function verbs({ verbs: effects }: ProviderCapabilities): string {
  return markdownTable(
    ['verb', 'invoice', 'paid term', 'certificate ends', 'key', 'earlier certificates', 'id at the provider'],
    Object.entries(effects).map(([verb, effect]) =>
      'closed' in effect
        ? [verb, 'not sold', '-', '-', '-', '-', '-']
        : [
            verb,
            effect.invoice,
            effect.paidUntil,
            effect.notAfter,
            effect.key,
            effect.earlierCertificates,
            effect.certificateId,
          ],
    ),
  );
}

function facts(capabilities: ProviderCapabilities): string {
  const { renewWindowDays } = capabilities;
  const rows: readonly (readonly [string, string])[] = [
    ['methods of validation', capabilities.dcvMethods.join(', ')],
    ['record types', capabilities.recordTypes.join(', ')],
    ['a lost order is found by', capabilities.findBy === 'reference' ? 'our reference' : 'public key'],
    [
      'renewal is accepted',
      renewWindowDays === undefined
        ? 'at any time'
        : `from ${renewWindowDays} days before the paid term ends`,
    ],
    ['a reissue keeps the method of the order', yesNo(capabilities.reissueKeepsDcvMethod)],
    ['a reissue can change names', yesNo(capabilities.reissueChangesNames)],
    ['paid term', `${capabilities.termDays} days`],
    ['price before the order', yesNo(capabilities.pricePreview)],
    ['most names', String(capabilities.maxNames)],
    ['products', capabilities.products === undefined ? 'an open set, passed on as written' : 'those below'],
  ];
  return markdownTable(['what', 'here'], rows);
}

function products(capabilities: ProviderCapabilities): string {
  const known = Object.entries(capabilities.products ?? capabilities.knownProducts ?? {});
  const row = ([name, product]: readonly [string, ProductFacts]): readonly string[] => [
    code(name),
    capabilities.ca(name),
    yesNo(product.wildcard),
    String(product.maxNames),
    (product.recordTypes ?? capabilities.recordTypes).join(', '),
    facetsOf(product),
  ];
  return markdownTable(
    ['product', 'CA, for the rule calendar', 'wildcard', 'most names', 'record types', 'more'],
    known.map(row),
  );
}

function facetsOf(product: ProductFacts): string {
  const { validation, contacts, periods, refundDays, includedNames, freeAlternatives, immediateIssuance } =
    product;
  return [
    validation?.toUpperCase(),
    includedNames === undefined ? undefined : `${includedNames} name(s) included`,
    freeAlternatives === true ? 'www or apex free' : undefined,
    contacts === undefined || contacts.length === 0 ? undefined : `contacts: ${contacts.join(', ')}`,
    periods === undefined
      ? undefined
      : `terms: ${periods.slice(0, 4).join(', ')}${periods.length > 4 ? ', …' : ''}`,
    refundDays === undefined ? undefined : refundDays === 0 ? 'no refund' : `refund ${refundDays} days`,
    immediateIssuance === true ? 'immediate issuance' : undefined,
  ]
    .filter((one) => one !== undefined)
    .join('; ');
}

function capabilitiesSection(id: string, { capabilities }: ProviderManifest): string {
  return [
    `## Capabilities of \`type: ${id}\``,
    '',
    verbs(capabilities),
    '',
    facts(capabilities),
    '',
    `<details><summary>Products${capabilities.products === undefined ? ' that are known' : ''}</summary>`,
    '',
    products(capabilities),
    '',
    '</details>',
  ].join('\n');
}

function readmeOf(folder: string): string {
  return readFileSync(new URL(`../../src/${folder}/README.md`, import.meta.url), 'utf8').trimEnd();
}

function commandRows(id: string, commands: readonly CommandFact[]): readonly (readonly string[])[] {
  const proofs: Readonly<Record<CommandFact['proof'][number], string>> = {
    sample: 'vendor sample',
    client: 'vendor client',
    simulator: 'simulator',
  };
  return commands.map(({ command, source, use, repeatable, proof }) => [
    code(id),
    code(command),
    use,
    repeatable ? 'yes' : 'no',
    proof.length === 1 && proof[0] === 'simulator'
      ? 'simulator only'
      : proof.length === 0
        ? '-'
        : proof.map((one) => proofs[one]).join(', '),
    source,
  ]);
}

/** Every command of each folder's commands.ts. */
const commandsOf = new Map<string, readonly CommandFact[]>(
  await Promise.all(
    Object.keys(providerRegistry).map(async (id): Promise<[string, readonly CommandFact[]]> => {
      const module: unknown = await import(`../../src/providers/${id}/commands.ts`);
      return [id, commandsIn(module)];
    }),
  ),
);

function isFacts(value: unknown): value is readonly CommandFact[] {
  return Array.isArray(value);
}

function commandsIn(module: unknown): readonly CommandFact[] {
  if (typeof module === 'object' && module !== null && 'commands' in module && isFacts(module.commands))
    return module.commands;
  throw new Error('commands.ts exports no commands');
}

const providers = Object.entries(providerRegistry);

function providerPage(id: string, manifest: ProviderManifest): string {
  const page = readmeOf(`providers/${id}`);
  const at = page.indexOf('\n## ');
  const head = at === -1 ? page : page.slice(0, at);
  const note = madeFrom(`src/providers/${id}/README.md and the manifest beside it`);
  const [title = '', ...introduction] = head.split('\n');
  const body = at === -1 ? '' : page.slice(at);
  return `${[title, '', note, ...introduction].join('\n').trimEnd()}\n\n${capabilitiesSection(id, manifest)}\n${body}\n`;
}

/** One page for each provider, by path. */
export const providerPages: readonly { readonly path: string; readonly make: () => string }[] = providers.map(
  ([id, manifest]) => ({ path: `docs/providers/${id}.md`, make: () => providerPage(id, manifest) }),
);

export function providersPage(): string {
  const rows = providers.flatMap(([id]) => commandRows(id, commandsOf.get(id) ?? []));
  return `${[
    '# Providers',
    '',
    madeFrom('the manifests and commands.ts in src/providers/*'),
    '',
    'A provider is the plug-in for one reseller. Every key of its configuration is in',
    '[configuration.md](configuration.md#providers).',
    '',
    'None of them has been used with a live account or with a vendor’s own test system. Each was proved against a simulator written',
    'from the vendor’s documents by other people than those who wrote the client, and against the samples in those documents; where',
    'the vendor publishes an npm client, that client walks the simulator, too.',
    '',
    markdownTable(
      ['`type`', 'reseller', 'page'],
      providers.map(([id, { displayName }]) => [
        code(id),
        displayName,
        `[providers/${id}.md](providers/${id}.md)`,
      ]),
    ),
    '',
    '## What the verbs do',
    '',
    ...providers.flatMap(([id, { capabilities }]) => [`### \`${id}\``, '', verbs(capabilities), '']),
    '## Every command',
    '',
    'How a command is proved: *vendor sample*: a sample of the vendor’s document is produced by the client and its answer parsed',
    '(test/samples); *vendor client*: the vendor’s own client walks the same command of the simulator; *simulator*: our client',
    'against the simulator. What may not be repeated is sent once and never again blindly.',
    '',
    markdownTable(['provider', 'command', 'used for', 'repeatable', 'proved by', 'source'], rows),
  ].join('\n')}\n`;
}

export function publishersPage(): string {
  const types = Object.keys(publisherRegistry);
  return `${[
    '# Publishers',
    '',
    madeFrom('src/publishers/*/README.md'),
    '',
    'A publisher puts proof of domain control in place and takes exactly that away again. For DNS the one with the longest zone',
    'that holds the record is taken, after CNAME delegation was followed; for files the one that names the host. `dcv.publisher`',
    'of a certificate prefers one. Every key is in [configuration.md](configuration.md#publishers).',
    ...types.flatMap((type) => ['', folderPage(`publishers/${type}`)]),
  ].join('\n')}\n`;
}
