/** The proposal as text: main file, inventory, and the script that brings present files over. Pure. */
import { readHost } from './hosts.ts';
import type { Answers, Entry, Proposal, Publisher } from './proposal.ts';

/** How the secrets of a type are called, and what the type asks for besides. */
export interface ProviderForm {
  readonly loginKey: string;
  readonly secretKey: string;
  readonly more: readonly string[];
}

const forms: Readonly<Record<string, ProviderForm>> = {
  rrpproxy: {
    loginKey: 'login',
    secretKey: 'password',
    more: [
      '# Classes of DigiCert want a technical contact: a handle, or a person.',
      '# defaultTechContact: { firstName: …, lastName: …, phone: +49.301234567, email: … }',
    ],
  },
  'rrpproxy-v1': { loginKey: 'login', secretKey: 'password', more: [] },
  hexonet: { loginKey: 'login', secretKey: 'password', more: [] },
  internetx: {
    loginKey: 'user',
    secretKey: 'password',
    more: ['# Orders name contacts of the account by their ids: adminContact: 1234567'],
  },
  resello: {
    loginKey: 'username',
    secretKey: 'apiKey',
    more: ['# As your reseller tells you; no public document names one.', 'url: https://api.example.com'],
  },
};

export const providerTypes: readonly string[] = Object.keys(forms);

const plainForm: ProviderForm = { loginKey: 'login', secretKey: 'password', more: [] };

function formOf(type: string): ProviderForm {
  return forms[type] ?? plainForm;
}

/** Plain where YAML reads it as the same text, else as a JSON string, which is YAML too. */
export function scalar(text: string): string {
  const plain = /^[A-Za-z/][A-Za-z0-9_./@-]*(:\d+)?$/;
  const word = /^(true|false|null|yes|no|on|off|y|n|~)$/i;
  return plain.test(text) && !word.test(text) ? text : JSON.stringify(text);
}

/** One line, whatever stood in a certificate or a configuration. */
export function comment(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what is taken out
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, ' ');
  return `# ${line.slice(0, 400)}`;
}

function indented(lines: readonly string[], by: number): readonly string[] {
  return lines.map((line) => (line === '' ? '' : ' '.repeat(by) + line));
}

function list(texts: readonly string[]): string {
  return `[${texts.map(scalar).join(', ')}]`;
}

export function secretFile(name: string): string {
  return `credentials/${name}`;
}

function publisherLines({ name, settings }: Publisher): readonly string[] {
  if (settings.type === 'webroot')
    return [
      `${name}:`,
      ...indented(
        [
          'type: webroot',
          '# What the web server serves as "/" over plain HTTP; the user of renewd must be able to write below it.',
          `path: ${scalar(settings.path)}`,
        ],
        2,
      ),
    ];
  return [
    `${name}:`,
    ...indented(
      [
        'type: rfc2136',
        '# The primary server of the zones, and the key that it lets change TXT and CNAME records.',
        `server: ${scalar(settings.server)}`,
        '# Guessed from the names: write them as the server cuts them.',
        `zones: ${list(settings.zones)}`,
        `key: { name: ${scalar(settings.keyName)}, algorithm: ${settings.algorithm}, secret: { file: ${secretFile(`${name}-tsig`)} } }`,
      ],
      2,
    ),
  ];
}

export interface MainOptions {
  /** Of config/renewd.schema.json. */
  readonly schema: string;
  readonly state: string;
  /** Relative to the main file. */
  readonly inventory: string;
}

/** The name under which the account stands in the configuration. */
export function accountName(type: string): string {
  return type;
}

export function mainText({ publishers }: Proposal, answers: Answers, options: MainOptions): string {
  const form = formOf(answers.provider);
  const account = accountName(answers.provider);
  const lines = [
    `# yaml-language-server: $schema=${options.schema}`,
    '#',
    '# Proposed by `renewd init`. Nothing is ordered with it as it stands: every certificate of the inventory is on `hold`, and',
    '# the account may place no paid order. In this order:',
    '#   1. put the secrets into their files (below), then `renewd check` until it has nothing to say;',
    '#   2. `renewd doctor` as the user of the daemon;',
    '#   3. decide each entry of the inventory, remove its `hold`, and look at `renewd plan`;',
    '#   4. raise `ordersPerDay`, and start the daemon.',
    '# Every key, with its default: docs/configuration.md.',
    '',
    '# Renewals, orders and their history; back it up together with the keys.',
    `store: { sqlite: ${scalar(`${options.state}/renewd.db`)} }`,
    '# Private keys, made here before they are ordered for.',
    `keys: ${scalar(`${options.state}/keys`)}`,
    '',
    '# Status page, /metrics and /healthz. Reads only; beyond loopback it needs a token or client certificates.',
    'listen: "127.0.0.1:9464"',
    '',
    'providers:',
    `  ${account}:`,
    ...indented(
      [
        `type: ${answers.provider}`,
        ...(answers.login === changeMe ? ['# To fill in.'] : []),
        `${form.loginKey}: ${scalar(answers.login)}`,
        `# A secret never stands in this file. Put it there with: install -m 0600 /dev/stdin ${secretFile(account)}`,
        `${form.secretKey}: { file: ${secretFile(account)} }`,
        ...form.more,
        '# Paid orders within 24 hours. 0: every paid order is blocked and shown. Raise it when the plan is right.',
        'spend: { ordersPerDay: 0 }',
      ],
      4,
    ),
    '',
    ...(publishers.length === 0
      ? ['# What puts proofs of domain control in place: docs/publishers.md.', 'publishers: {}']
      : [
          '# What puts proofs of domain control in place; others: docs/publishers.md.',
          'publishers:',
          ...publishers.flatMap((one) => indented(publisherLines(one), 2)),
        ]),
    '',
    `inventory: [${scalar(options.inventory)}]`,
  ];
  return `${lines.join('\n')}\n`;
}

export const changeMe = 'CHANGE-ME';

/** As text where that says it all. */
function probe(endpoint: string): string {
  const { host = '', port, protocol } = readHost(endpoint) ?? {};
  return protocol === undefined
    ? scalar(endpoint)
    : `{ host: ${scalar(host)}, port: ${port}, protocol: ${protocol} }`;
}

function entryLines(entry: Entry, account: string): readonly string[] {
  const { method, publisher, approver } = entry.dcv;
  const dcv = [
    `method: ${method}`,
    ...(publisher === undefined ? [] : [`publisher: ${publisher}`]),
    ...(approver === undefined ? [] : [`approver: ${scalar(approver)}`]),
  ];
  return [
    ...entry.comments.map(comment),
    `- name: ${scalar(entry.name)}`,
    ...indented(
      [
        '# Looked at and shown, never acted on.',
        'hold: true',
        `names: ${list(entry.names)}`,
        `provider: ${account}`,
        `product: ${scalar(entry.product)}`,
        `key: ${entry.keyType}`,
        `dcv: { ${dcv.join(', ')} }`,
        'deploy:',
        `  - directory: ${scalar(entry.directory)}`,
        ...(entry.reload === undefined
          ? ['    # reload: [systemctl, reload, nginx]']
          : [`    reload: ${list(entry.reload)}`]),
        ...(entry.probes.length === 0
          ? [
              `    # probe: [${scalar(`${entry.names.find((name) => !name.startsWith('*.')) ?? 'www.example.com'}:443`)}]`,
            ]
          : [`    probe: [${entry.probes.map(probe).join(', ')}]`]),
      ],
      2,
    ),
  ];
}

export function inventoryText({ entries }: Proposal, answers: Answers, schema: string): string {
  const account = accountName(answers.provider);
  const lines = [
    `# yaml-language-server: $schema=${schema}`,
    '#',
    '# Proposed by `renewd init` from what was found. Each entry is on `hold` until you have decided it.',
    '',
    ...(entries.length === 0
      ? [
          '# Nothing was found. An entry looks like this:',
          '#',
          '# - name: shop',
          '#   names: [shop.example.com, www.shop.example.com]',
          `#   provider: ${account}`,
          `#   product: ${scalar(answers.product)}`,
          '#   deploy:',
          '#     - directory: /etc/nginx/tls/shop',
          '#       reload: [systemctl, reload, nginx]',
          '#       probe: [shop.example.com:443]',
          'certificates: []',
        ]
      : ['certificates:', ...entries.flatMap((entry) => [...indented(entryLines(entry, account), 2), ''])]),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function quoted(word: string): string {
  return /^[A-Za-z0-9_./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Undefined: there is nothing to bring over. */
export function takeOverText({ entries }: Proposal): string | undefined {
  const parts = entries.flatMap(({ name, directory, copies }) =>
    copies.length === 0
      ? []
      : [
          `# ${name}`,
          `install -d -m 0750 ${quoted(directory)}`,
          ...copies.map(({ from, to, mode }) => `install -m ${mode} ${quoted(from)} ${quoted(to)}`),
          '',
        ],
  );
  if (parts.length === 0) return undefined;
  return [
    '#!/bin/sh',
    '# Proposed by `renewd init`: copies present certificates and keys to where renewd will keep them. Read it, then run it',
    '# as root, give the directories to the user of renewd (chown -R), and let the servers read the new places.',
    'set -eu',
    'umask 077',
    '',
    ...parts,
  ].join('\n');
}
