/** Commands that look and decide nothing. */
import { json, type CommandHelp } from './kinds.ts';

export const look: readonly CommandHelp[] = [
  {
    name: 'check',
    arguments: '',
    summary: 'is the configuration right',
    detail:
      'Reports every mistake of all files in one run, each with file, line, column and what would be right. With --online the providers are asked what they know of the products now (names, wildcards, methods, contacts, terms), and the inventory is compared with it.',
    options: [json, { flag: 'online', type: 'boolean', help: 'also ask the providers about the products' }],
    examples: ['renewd check', 'renewd check --json', 'renewd check --online'],
    positionals: [0, 0],
    goal: 'look',
  },
  {
    name: 'doctor',
    arguments: '[NAME…]',
    summary: 'is everything there that renewd leans on, and if not, what mends it',
    detail:
      'Looks at configuration, permissions, store, disks, clock, DNS, publishers, providers, reload programs, listener and systemd unit, all at once and each for at most 10 seconds; with NAME only at what these certificates need. Run it as the user of the daemon. Nothing is changed, ordered or reloaded: a provider is asked one small question, a DNS server to remove a value that is not there. Exit code 1: something fails; warnings alone are 0.',
    options: [json, { flag: 'offline', type: 'boolean', help: 'ask nobody over the network' }],
    examples: ['renewd doctor', 'renewd doctor shop', 'renewd doctor --offline --json'],
    positionals: [0, 1000],
    goal: 'look',
    offers: 'certificates',
  },
  {
    name: 'plan',
    arguments: '[NAME…]',
    summary: 'what would happen, when, why, and at what price',
    detail:
      "The daemon's own decision, without its effects. For a paid action the provider is asked for the price where it can tell (--offline: it is not asked).",
    options: [json, { flag: 'offline', type: 'boolean', help: 'ask no provider' }],
    examples: ['renewd plan', 'renewd plan shop --json'],
    positionals: [0, 1000],
    goal: 'look',
    offers: 'certificates',
  },
  {
    name: 'status',
    arguments: '[NAME]',
    summary: 'all certificates as a table, or one in detail',
    detail: 'Reads the CRT files and the store; asks nobody.',
    options: [json],
    examples: ['renewd status', 'renewd status shop'],
    positionals: [0, 1],
    goal: 'look',
    offers: 'certificates',
  },
  {
    name: 'history',
    arguments: 'NAME',
    summary: 'everything that was done for a certificate, with evidence',
    detail:
      'Prints the ledger, oldest first: decisions, intents, answers, files, what was served. With --verify: whether the receipts of all finished renewals still form one chain, and whether history, files and key are those of the receipts; NAME may be left out then. Exit code 1: something differs. With --receipt: the newest receipt, as one line whose `sha256sum` is its hash.',
    options: [
      json,
      { flag: 'limit', type: 'string', value: 'N', help: 'the newest N entries (default 200)' },
      { flag: 'verify', type: 'boolean', help: 'verify receipts, history and files' },
      {
        flag: 'head',
        type: 'string',
        value: 'HASH',
        help: 'with --verify: a hash of the chain that was kept elsewhere and must be in it',
      },
      { flag: 'receipt', type: 'boolean', help: 'print the newest receipt, to hand it to somebody' },
      {
        flag: 'renewal',
        type: 'string',
        value: 'ID',
        help: 'with --receipt: that of this renewal',
      },
    ],
    examples: [
      'renewd history shop',
      'renewd history shop --json',
      'renewd history shop --verify',
      'renewd history --verify',
      'renewd history shop --receipt',
    ],
    positionals: [0, 1],
    goal: 'look',
    offers: 'certificates',
  },
];
