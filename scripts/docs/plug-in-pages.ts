/** docs/providers.md and docs/publishers.md: what the manifests say as data, and the page of each folder. */
import { readFileSync } from 'node:fs';
import type { ProductFacts, ProviderCapabilities, ProviderManifest } from '../../src/contracts/provider.ts';
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

/** Puts a section right after the title and the paragraph below it. */
function afterIntroduction(page: string, section: string): string {
  const at = page.indexOf('\n### ');
  return at === -1 ? `${page}\n\n${section}` : `${page.slice(0, at)}\n${section}\n${page.slice(at)}`;
}

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');

function verbs({ verbs: effects }: ProviderCapabilities): string {
  return markdownTable(
    ['verb', 'invoice', 'paid term', 'certificate ends', 'key', 'earlier certificates', 'id at the provider'],
    Object.entries(effects).map(([verb, effect]) => [
      verb,
      effect.invoice,
      effect.paidUntil,
      effect.notAfter,
      effect.key,
      effect.earlierCertificates,
      effect.certificateId,
    ]),
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
  ];
  return markdownTable(
    ['product', 'CA, for the rule calendar', 'wildcard', 'most names', 'record types'],
    known.map(row),
  );
}

function providerSection(id: string, { capabilities }: ProviderManifest): string {
  const section = [
    `### Capabilities of \`type: ${id}\``,
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
  return afterIntroduction(folderPage(`providers/${id}`), section);
}

export function providersPage(): string {
  const entries = Object.entries(providerRegistry);
  return `${[
    '# Providers',
    '',
    madeFrom('src/providers/*/README.md and the manifests beside them'),
    '',
    'A provider is the plug-in for one reseller. Every key of its configuration is in',
    '[configuration.md](configuration.md#providers).',
    '',
    'None of them has been used with a live account or with a vendor’s own test system. Each was proved against a simulator written',
    'from the vendor’s documents, against the samples in those documents, and the simulators against the vendor’s own npm client.',
    '',
    markdownTable(
      ['`type`', 'reseller'],
      entries.map(([id, { displayName }]) => [code(id), displayName]),
    ),
    ...entries.flatMap(([id, manifest]) => ['', providerSection(id, manifest)]),
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
