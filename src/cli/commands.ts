/** Every command, as data: the help, the shell's usage errors and docs/cli.md come from here. */

export interface OptionHelp {
  readonly flag: string;
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** Shown for options with a value: "FILE". */
  readonly value?: string;
  readonly help: string;
  /** May be given more than once; the values come joined by line feeds. */
  readonly several?: true;
  /** What a shell offers for the value. */
  readonly offers?: Offer;
}

/** A closed list, names of the configuration, or paths. */
export type Offer = readonly string[] | 'certificates' | 'providers' | 'channels' | 'file' | 'directory';

/** What one is after: the headings of `renewd help`. */
export const goals = [
  ['begin', 'Begin'],
  ['keep', 'Keep certificates valid'],
  ['look', 'Look, and decide nothing'],
  ['act', 'Act on one certificate'],
  ['reseller', 'Talk to resellers and people'],
  ['shell', 'In the shell'],
] as const;
export type Goal = (typeof goals)[number][0];

export interface CommandHelp {
  readonly name: string;
  readonly arguments: string;
  readonly summary: string;
  readonly detail: string;
  readonly options: readonly OptionHelp[];
  readonly examples: readonly string[];
  /** How many positional arguments it takes. */
  readonly positionals: readonly [number, number];
  readonly goal: Goal;
  /** What a shell offers for its arguments. */
  readonly offers?: Offer;
  /** For programs: neither help nor documentation show it. */
  readonly hidden?: true;
}

const json: OptionHelp = { flag: 'json', type: 'boolean', help: 'print JSON for machines' };
export const globalOptions: readonly OptionHelp[] = [
  {
    flag: 'config',
    short: 'c',
    type: 'string',
    value: 'FILE',
    help: 'configuration file (default: $RENEWD_CONFIG, else /etc/renewd/renewd.yaml)',
    offers: 'file',
  },
  {
    flag: 'color',
    type: 'string',
    value: 'WHEN',
    help: 'auto (default: on a terminal, not with $NO_COLOR, with $FORCE_COLOR), always or never',
    offers: ['auto', 'always', 'never'],
  },
  { flag: 'help', short: 'h', type: 'boolean', help: 'show the help of a command' },
];

export const commands: readonly CommandHelp[] = [
  {
    name: 'run',
    arguments: '',
    summary: 'the daemon: keep every certificate valid, deployed and served',
    detail:
      'Runs until SIGTERM. SIGHUP, or a change of a configuration file, reloads it; a broken file is refused and the last good one stays. The first SIGTERM or Ctrl-C finishes what must not be cut, the second ends at once.',
    options: [],
    examples: ['renewd run -c /etc/renewd/renewd.yaml'],
    positionals: [0, 0],
    goal: 'keep',
  },
  {
    name: 'once',
    arguments: '',
    summary: 'one pass, followed until nothing more can be done now; for timers and CI',
    detail:
      'Does everything that is due and waits for short waits (default: up to 10 minutes). What must wait longer is stored and taken up by the next run. Exit code 10: something changed; 11: something needs a person.',
    options: [
      json,
      {
        flag: 'wait',
        type: 'string',
        value: 'DURATION',
        help: 'how long to stay with renewals under way (default 10m)',
      },
    ],
    examples: ['renewd once', 'renewd once --wait 2m --json'],
    positionals: [0, 0],
    goal: 'keep',
  },
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
    name: 'init',
    arguments: '',
    summary: 'write a first configuration, from what is there',
    detail:
      'Finds certificates (a tree of certbot, a directory with pairs of certificate and key, servers to ask) and writes a commented configuration, an inventory that says what was found and what you have to decide, and a script that copies present files over. On a terminal it asks; every question has a default and can be answered by an option. No file is overwritten, no secret is asked for, and nothing is ordered with the result: every entry is on `hold` and the account may place no paid order.',
    options: [
      {
        flag: 'from',
        type: 'string',
        value: 'PATH',
        several: true,
        offers: 'file',
        help: 'a directory such as /etc/letsencrypt/live, or a file with one host:port to a line',
      },
      {
        flag: 'host',
        type: 'string',
        value: 'HOST:PORT',
        several: true,
        help: 'a server to ask over TLS which certificate it shows',
      },
      {
        flag: 'provider',
        type: 'string',
        value: 'TYPE',
        offers: ['rrpproxy', 'rrpproxy-v1', 'internetx', 'hexonet', 'resello'],
        help: 'rrpproxy (default), rrpproxy-v1, internetx, hexonet or resello',
      },
      { flag: 'login', type: 'string', value: 'NAME', help: 'account name there (default: to be filled in)' },
      {
        flag: 'product',
        type: 'string',
        value: 'PRODUCT',
        help: 'for certificates that it fits (default: a common one of the provider)',
      },
      {
        flag: 'dcv',
        type: 'string',
        value: 'METHOD',
        offers: ['dns', 'file', 'email'],
        help: 'how control is proved: dns, file or email (default: as now, else by file, wildcards by dns)',
      },
      {
        flag: 'webroot',
        type: 'string',
        value: 'DIR',
        offers: 'directory',
        help: 'for file (default /var/www/html)',
      },
      {
        flag: 'nameserver',
        type: 'string',
        value: 'SERVER',
        help: 'for dns: the server that takes updates (default 127.0.0.1)',
      },
      { flag: 'approver', type: 'string', value: 'ADDRESS', help: 'for email: who is asked' },
      {
        flag: 'state',
        type: 'string',
        value: 'DIR',
        offers: 'directory',
        help: 'store and keys (default /var/lib/renewd)',
      },
      {
        flag: 'etc',
        type: 'string',
        value: 'DIR',
        offers: 'directory',
        help: 'where configurations of web and mail servers are looked for (default /etc)',
      },
      {
        flag: 'force',
        type: 'boolean',
        help: 'replace files that are there; without it they are written beside them',
      },
      { flag: 'yes', type: 'boolean', short: 'y', help: 'ask nothing: take defaults and options' },
      json,
    ],
    examples: [
      'renewd init',
      'renewd init --yes --from /etc/letsencrypt/live -c /etc/renewd/renewd.yaml',
      'renewd init --yes --host www.example.com:443 --provider internetx -c renewd.yaml',
    ],
    positionals: [0, 0],
    goal: 'begin',
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
    name: 'renew',
    arguments: 'NAME',
    summary: 'now, whatever the schedule says; shows progress',
    detail:
      'Asks the running daemon, or does it itself when none runs. Without --reissue or --renew the decision chooses the verb; spending limits hold in any case.',
    options: [
      json,
      { flag: 'reissue', type: 'boolean', help: 'inside the paid order (free)' },
      { flag: 'renew', type: 'boolean', help: 'a new, paid term' },
      { flag: 'new-key', type: 'boolean', help: 'a fresh key even when `key.reuse` is set' },
      {
        flag: 'wait',
        type: 'string',
        value: 'DURATION',
        help: 'how long to watch (default 10m; 0s: only ask)',
      },
    ],
    examples: ['renewd renew shop', 'renewd renew shop --reissue --new-key'],
    positionals: [1, 1],
    goal: 'act',
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
  {
    name: 'resolve',
    arguments: 'NAME',
    summary: 'settle a blocked renewal by a person’s word',
    detail:
      'After a lost answer that nothing could settle: say which order it is, that there is none, or that the renewal is given up. Recorded with who and when.',
    options: [
      json,
      {
        flag: 'certificate-id',
        type: 'string',
        value: 'ID',
        help: "the provider's id of the certificate that was ordered",
      },
      { flag: 'order', type: 'string', value: 'ID', help: "the provider's id of the order" },
      { flag: 'none', type: 'boolean', help: 'no order exists: it may be placed again' },
      { flag: 'cancel', type: 'boolean', help: 'give this renewal up' },
      {
        flag: 'wait',
        type: 'string',
        value: 'DURATION',
        help: 'how long to watch (default 10m; 0s: only ask)',
      },
    ],
    examples: ['renewd resolve shop --certificate-id DK12345678', 'renewd resolve shop --none'],
    positionals: [1, 1],
    goal: 'act',
    offers: 'certificates',
  },
  {
    name: 'revoke',
    arguments: 'NAME',
    summary: 'revoke the current certificate at the provider',
    detail: 'Asks for an RFC 5280 reason; refuses without --yes, because it cannot be undone.',
    options: [
      json,
      {
        flag: 'reason',
        type: 'string',
        value: 'REASON',
        offers: ['unspecified', 'keyCompromise', 'affiliationChanged', 'superseded', 'cessationOfOperation'],
        help: 'unspecified, keyCompromise, affiliationChanged, superseded or cessationOfOperation',
      },
      { flag: 'yes', type: 'boolean', help: 'really' },
    ],
    examples: ['renewd revoke shop --reason keyCompromise --yes'],
    positionals: [1, 1],
    goal: 'act',
    offers: 'certificates',
  },
  {
    name: 'compromise',
    arguments: 'NAME',
    summary: 'the key was stolen: a fresh one now, then the old certificates are revoked',
    detail:
      'Records who said so and when. The key is never used again, for no certificate; a certificate with a fresh one is had at once, inside the paid order where that is possible, deployed and looked at; then every certificate with the old key is revoked at the provider with reason keyCompromise. It goes on after a crash, and refuses without --yes, because it cannot be undone. What the provider cannot revoke is said; --revoked says that a person had it done.',
    options: [
      json,
      { flag: 'yes', type: 'boolean', help: 'really' },
      {
        flag: 'revoked',
        type: 'boolean',
        help: 'what a person was asked to have revoked is revoked now; nothing else is done',
      },
      {
        flag: 'wait',
        type: 'string',
        value: 'DURATION',
        help: 'how long to watch (default 10m; 0s: only say it)',
      },
    ],
    examples: ['renewd compromise shop --yes', 'renewd compromise shop --revoked'],
    positionals: [1, 1],
    goal: 'act',
    offers: 'certificates',
  },
  {
    name: 'approvers',
    arguments: 'NAME',
    summary: 'whom the provider would ask by mail',
    detail:
      'For e-mail validation: lists the addresses that the provider offers for all names of the certificate. Choose one as `dcv.approver`. Orders nothing.',
    options: [json],
    examples: ['renewd approvers shop'],
    positionals: [1, 1],
    goal: 'reseller',
    offers: 'certificates',
  },
  {
    name: 'resend',
    arguments: 'NAME',
    summary: 'have the provider look again, or send its mail again',
    detail:
      'For an order that waits for validation. With e-mail validation the mail is sent again; renewd never does that by itself. Recorded with who and when.',
    options: [json],
    examples: ['renewd resend shop'],
    positionals: [1, 1],
    goal: 'reseller',
    offers: 'certificates',
  },
  {
    name: 'notify',
    arguments: '[CHANNEL]',
    summary: 'send a test notice',
    detail:
      'With --test, sends a harmless notice by every channel of `notices`, or by the one that is named, and says what became of it. Neither the store nor a running daemon is touched; the secrets of the channels are read.',
    options: [json, { flag: 'test', type: 'boolean', help: 'really: the notice says that it is a test' }],
    examples: ['renewd notify --test', 'renewd notify --test team'],
    positionals: [0, 1],
    goal: 'reseller',
    offers: 'channels',
  },
  {
    name: 'provider',
    arguments: 'NAME [OPERATION [KEY=VALUE…]]',
    summary: 'what the API of a provider offers beside renewals',
    detail:
      'Without OPERATION: lists what can be asked of this provider, with its parameters. None of it costs money; what changes something asks for --yes. Answers are JSON. A file in the answer (an archive, a key) goes where --out says, readable for you alone.',
    options: [
      json,
      { flag: 'yes', type: 'boolean', help: 'really' },
      {
        flag: 'out',
        type: 'string',
        value: 'FILE',
        offers: 'file',
        help: 'where a file in the answer goes; must not exist',
      },
    ],
    examples: ['renewd provider cnr', 'renewd provider cnr order-list limit=20'],
    positionals: [1, 1000],
    goal: 'reseller',
    offers: 'providers',
  },
  {
    name: 'backup',
    arguments: 'DIRECTORY',
    summary: 'copy store and keys to a directory, also while the daemon runs',
    detail:
      'DIRECTORY must not exist; it has its name only once the backup is whole and synced. Configuration and secrets are not in it. The keys are: guard it like them.',
    options: [json],
    examples: ['renewd backup /var/backups/renewd-2026-11-22'],
    positionals: [1, 1],
    goal: 'keep',
    offers: 'directory',
  },
  {
    name: 'restore',
    arguments: 'DIRECTORY',
    summary: 'put a backup where the configuration has store and keys',
    detail:
      'Checks every file against the backup first, and refuses where a store is. A renewal that was under way when the backup was made goes on where it was.',
    options: [json],
    examples: ['renewd restore /var/backups/renewd-2026-11-22'],
    positionals: [1, 1],
    goal: 'keep',
    offers: 'directory',
  },
  {
    name: 'sandbox',
    arguments: '',
    summary: 'the vendors, simulated, on loopback; no CA, forgets everything on exit',
    detail:
      'Starts simulators of the resellers, a throw-away CA that really checks DNS and files, an authoritative DNS server that takes RFC 2136 updates, and a control API. Prints where they listen.',
    options: [
      json,
      { flag: 'zone', type: 'string', value: 'ZONE', help: 'zone to serve (default example.test)' },
      {
        flag: 'port',
        type: 'string',
        value: 'PORT',
        help: 'port of the control API (default: chosen by the kernel)',
      },
    ],
    examples: ['renewd sandbox', 'renewd sandbox --zone corp.test --port 9500'],
    positionals: [0, 0],
    goal: 'begin',
  },
  {
    name: 'quickstart',
    arguments: '',
    summary: 'a first run: sandbox, a small TLS server and the daemon, on loopback',
    detail:
      'Starts everything in one process with config/quickstart.yaml, shows certificates being renewed, deployed and served within a minute, and stays up as the daemon until Ctrl-C.',
    options: [
      {
        flag: 'directory',
        type: 'string',
        value: 'DIR',
        offers: 'directory',
        help: 'where to work (default ./quickstart; made anew at each start)',
      },
      { flag: 'exit', type: 'boolean', help: 'end when everything is served, instead of staying up' },
    ],
    examples: ['renewd quickstart', 'renewd quickstart --exit'],
    positionals: [0, 0],
    goal: 'begin',
  },
  {
    name: 'completions',
    arguments: 'bash|zsh|fish',
    summary: 'print the completions of a shell',
    detail:
      'Commands and options are completed from what this version knows, names of certificates, providers and channels by asking `renewd` itself.',
    options: [],
    examples: [
      'renewd completions bash > /etc/bash_completion.d/renewd',
      'renewd completions zsh > /usr/local/share/zsh/site-functions/_renewd',
      'renewd completions fish > /etc/fish/completions/renewd.fish',
    ],
    positionals: [1, 1],
    goal: 'shell',
    offers: ['bash', 'zsh', 'fish'],
  },
  {
    name: 'complete',
    arguments: 'certificates|providers|channels',
    summary: 'print the names of one kind, for completions',
    detail: 'One to a line; nothing where the configuration cannot be read.',
    options: [],
    examples: ['renewd complete certificates'],
    positionals: [1, 1],
    goal: 'shell',
    offers: ['certificates', 'providers', 'channels'],
    hidden: true,
  },
];

/** What people are told of. */
export const shownCommands: readonly CommandHelp[] = commands.filter(({ hidden }) => hidden === undefined);

export const exitCodeHelp: readonly (readonly [number, string])[] = [
  [0, 'nothing to do, or done'],
  [1, 'failed'],
  [2, 'wrong usage'],
  [10, 'certificates were renewed or deployed'],
  [11, 'something needs a person'],
];
