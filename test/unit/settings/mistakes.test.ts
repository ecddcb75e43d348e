/**
 * One row per mistake: where it is found, what is said, and what would be right. The place is marked with "»" in the
 * text, so that line and column are exact and readable.
 */
import { describe, expect, it } from 'vitest';
import { accounts, Workspace } from './workspace.ts';

interface Row {
  readonly title: string;
  /** A whole main file, or what follows `accounts`. */
  readonly main?: string;
  readonly rest?: string;
  /** Other files; the mark may stand in one of them. */
  readonly files?: Readonly<Record<string, string>>;
  readonly message: string;
  readonly hint?: string;
  readonly path?: string;
  /** Default: error. */
  readonly severity?: 'warning';
  /** Sentences beside this one. Default: 0. */
  readonly others?: number;
}

/** A certificate with one line changed or added. */
function shop(...lines: string[]): string {
  const given = new Set(lines.map((line) => line.replace('»', '').split(':', 1)[0]));
  const usual = [
    'name: shop',
    'names: [shop.example.com]',
    'provider: cl',
    'product: BasicDV',
    'deploy: [{ directory: /etc/tls/shop }]',
  ];
  const all = [...usual.filter((line) => !given.has(line.split(':', 1)[0] ?? '')), ...lines]
    .join('\n')
    .split('\n');
  return `certificates:\n  - ${all.join('\n    ')}\n`;
}

const good = shop();

const rows: readonly Row[] = [
  // The YAML itself.
  {
    title: 'a tab',
    rest: `${good}    »\thold: true\n`,
    message: 'a tab is used for indentation',
    hint: 'indent with spaces',
  },
  {
    title: 'an unclosed quote',
    rest: `${good}    crt: "/etc/tls\n»`,
    message: 'something is missing here: a quote, bracket, comma, colon or space',
    hint: 'check that quotes and brackets are closed, and that "key: value" has its colon and its space',
  },
  {
    title: 'two documents',
    main: `${accounts}»---\nother: 1\n`,
    message: 'the file has more than one YAML document',
    hint: 'remove the "---" line, or use two files',
  },
  {
    title: 'a repeated key',
    rest: shop('hold: true\n»hold: false'),
    message: 'this key stands here twice',
    hint: 'the first one is 1 line above; keep one',
    path: 'certificates[0].hold',
  },
  {
    title: 'a repeated key on one line',
    rest: shop('dcv: { method: dns, »method: file }'),
    message: 'this key stands here twice',
    hint: 'the first one is on the same line; keep one',
    path: 'certificates[0].dcv.method',
  },
  {
    title: 'a repeated key at the top',
    rest: `keys: /a\n»keys: /b\n${good}`,
    message: 'this key stands here twice',
    hint: 'the first one is 1 line above; keep one',
    path: 'keys',
  },
  {
    title: 'an unknown tag',
    rest: shop('crt: »!path /etc/tls/a.crt'),
    message: 'YAML tags (!…) are not used here',
    hint: 'write text that begins with or contains special characters in quotes',
  },
  {
    title: 'a merge key',
    main: `${accounts}defaults: &d { product: BasicDV }\n${shop('»<<: *d')}`,
    message: 'merge keys (<<) are not read; they are no part of YAML 1.2',
    hint: 'put what is common under "defaults", or use an alias for a whole value',
  },
  {
    title: 'an alias without an anchor',
    rest: shop('crt: »*nothing'),
    message: 'no anchor of this name stands before this alias',
    hint: 'text that begins with "*" needs quotes',
  },
  {
    title: 'a key that is a number',
    rest: shop('»7: true'),
    message: 'a key is not text',
    hint: 'write it in quotes',
  },
  {
    title: 'another YAML version',
    main: `»%YAML 1.1\n---\n${accounts}`,
    message: 'only YAML 1.2 is read',
    hint: 'leave the %YAML line out',
  },
  {
    title: 'a list as the main file',
    main: '»- 1\n',
    message: 'the main file must be a mapping of keys and values, not a list',
    hint: 'see config/renewd.example.yaml',
  },

  // The main file.
  {
    title: 'an unknown key',
    rest: `»sotre: {}\n${good}`,
    message: 'unknown key',
    hint: 'did you mean "store"?',
    path: 'sotre',
  },
  {
    title: 'an unknown key that resembles none',
    rest: `log: { »verbosity: 3 }\n${good}`,
    message: 'unknown key',
    hint: 'known are: level',
    path: 'log.verbosity',
  },
  { title: 'a wrong type', rest: `keys: »[a]\n${good}`, message: 'must be text, not a list', path: 'keys' },
  {
    title: 'a number where text is needed',
    rest: `keys: »1.10\n${good}`,
    message: 'must be text, not a number',
    hint: 'write it in quotes: "1.10"',
  },
  {
    title: 'listen as a port',
    rest: `listen: »9464\n${good}`,
    message: 'must be "host:port" or false; for this host alone write "127.0.0.1:9464"',
  },
  {
    title: 'listen without a port',
    rest: `listen: »localhost\n${good}`,
    message: 'has no port',
    hint: 'e.g. "127.0.0.1:9464", or false',
  },
  {
    title: 'listen beyond this host',
    rest: `listen: »0.0.0.0:9464\n${good}`,
    message: 'other hosts can reach this address, and nothing says who may read it',
    hint: 'listen on 127.0.0.1, or write { address: "host:port", token: { file: PATH } }, or tls with clientCa; behind a proxy with a login or a firewall: allowUnauthenticated: true',
  },
  {
    title: 'listen beyond this host in TLS, for everybody',
    rest: `listen: »{ address: "[::]:9464", tls: { certificate: a, key: b } }\n${good}`,
    message: 'other hosts can reach this address, and nothing says who may read it',
    hint: 'listen on 127.0.0.1, or write { address: "host:port", token: { file: PATH } }, or tls with clientCa; behind a proxy with a login or a firewall: allowUnauthenticated: true',
  },
  {
    title: 'listen beyond this host, said to be meant',
    rest: `listen: { address: "0.0.0.0:9464", allowUnauthenticated: »true }\n${good}`,
    severity: 'warning',
    message: 'everybody who reaches this address can read names, orders and prices',
    hint: 'right only behind a proxy with a login or a firewall that lets nobody but your monitoring through',
  },
  {
    title: 'a token that crosses the network readable',
    rest: `listen: { address: "0.0.0.0:9464", token: »{ env: TOKEN } }\n${good}`,
    severity: 'warning',
    message: 'the token crosses the network readable for everybody in between',
    hint: 'add tls: { certificate: PATH, key: PATH }, or a proxy that speaks TLS on the same host',
  },
  {
    title: 'a token in the file itself',
    rest: `listen: { address: "127.0.0.1:9464", token: »0123456789abcdef }\n${good}`,
    message:
      'a secret does not stand in the configuration itself; name where it comes from: { env: NAME }, { file: PATH } or { command: [PROGRAM, ARGUMENT, …] }',
  },
  {
    title: 'a listener with an unknown key',
    rest: `listen: { address: "127.0.0.1:9464", »tokn: { env: TOKEN } }\n${good}`,
    message: 'unknown key',
    hint: 'did you mean "token"?',
  },
  {
    title: 'a schedule with four fields',
    rest: `schedule: »"* * * *"\n${good}`,
    message: 'the cron expression has 4 fields; 5, or 6 with seconds first, are needed',
    hint: 'e.g. "0 3 * * sun": minute, hour, day of month, month, day of week',
  },
  {
    title: 'a schedule that never comes',
    rest: `schedule: »"0 0 30 2 *"\n${good}`,
    message: 'this schedule never comes: no day matches',
    hint: 'e.g. "*/5 * * * *"',
  },
  {
    title: 'an unknown time zone',
    rest: `schedule: { cron: "*/5 * * * *", timezone: »Europe/Berlyn }\n${good}`,
    message: 'is no time zone of the IANA database, e.g. "Europe/Berlin" or "UTC"',
    path: 'schedule.timezone',
  },
  {
    title: 'an unknown log level',
    rest: `log: { level: »wran }\n${good}`,
    message: 'must be one of debug, info, warn, error',
    hint: 'did you mean "warn"?',
  },
  {
    title: 'a resolver with a wrong port',
    rest: `resolvers: [»"192.0.2.1:99999"]\n${good}`,
    message: 'has port 99999',
    hint: 'ports go from 1 to 65535',
  },
  {
    title: 'an empty inventory',
    main: `»${accounts}`,
    severity: 'warning',
    message: 'the inventory has no certificate',
  },

  // Providers and publishers.
  {
    title: 'an unknown provider type',
    main: accounts.replace('type: closed', 'type: »clsoed') + good,
    message: 'there is no such type',
    hint: 'did you mean "closed"?',
    path: 'providers.cl.type',
  },
  {
    title: 'a provider without a type',
    main: accounts.replace('cl: { type: closed,', '»cl: {') + good,
    message: '"type" is missing',
    hint: 'one of closed, open',
  },
  {
    title: 'an unknown key of a provider',
    main: accounts.replace('login: me', 'login: me, »enviroment: test') + good,
    message: 'unknown key',
    hint: 'did you mean "environment"?',
    path: 'providers.cl.enviroment',
  },
  {
    title: 'a password in the configuration',
    main: accounts.replace('{ env: PASSWORD }', '»hunter2') + good,
    message:
      'a secret does not stand in the configuration itself; name where it comes from: { env: NAME }, { file: PATH } or { command: [PROGRAM, ARGUMENT, …] }',
    path: 'providers.cl.password',
  },
  {
    title: 'a secret from two sources',
    main: accounts.replace('{ env: PASSWORD }', '»{ env: A, file: b }') + good,
    message:
      'a secret is exactly one of { env: NAME }, { file: PATH } or { command: [PROGRAM, ARGUMENT, …] }',
  },
  {
    title: 'a missing key of a provider',
    main: accounts.replace('login: me, ', '').replace('cl:', '»cl:') + good,
    message: '"login" is missing',
    path: 'providers.cl',
  },
  {
    title: 'a spending limit with a typo',
    main: accounts.replace('login: me', 'login: me, spend: { »perMoth: 5 }') + good,
    message: 'unknown key',
    hint: 'did you mean "perMonth"?',
    path: 'providers.cl.spend.perMoth',
  },
  {
    title: 'a spending limit that is text',
    main: accounts.replace('login: me', 'login: me, spend: { perMonth: »"500" }') + good,
    message: 'must be a number, not text',
    hint: 'write it without quotes: 500',
  },
  {
    title: 'a spending limit with three decimals',
    main: accounts.replace('login: me', 'login: me, spend: { perOrder: »1.005 }') + good,
    message: 'must have at most two decimals',
  },
  {
    title: 'an empty list of zones',
    main: accounts.replace('[example.com, example.net]', '»[]') + good,
    message: 'is empty',
  },
  {
    title: 'a provider name with a space',
    main: `providers:\n  »"my account": { type: open, token: { env: T } }\n${accounts.replace('providers:\n', '')}${good}`,
    message: 'must be 1 to 100 letters, digits, ".", "_" or "-", beginning with a letter or digit',
  },

  // Certificates.
  {
    title: 'certificates as a mapping',
    rest: 'certificates: »{ a: 1 }\n',
    message: 'must be a list of certificates, not a mapping of keys and values',
    hint: 'each entry begins with "- name:"',
  },
  {
    title: 'an entry that is text',
    rest: 'certificates:\n  - »shop\n',
    message: 'must be a mapping of keys and values, not text',
  },
  { title: 'a missing name', rest: good.replace('name: shop\n    ', '»'), message: '"name" is missing' },
  {
    title: 'a misspelt key',
    rest: shop('»prodcut: StarDV'),
    message: 'unknown key',
    hint: 'did you mean "product"?',
    path: 'certificates[0].prodcut',
  },
  {
    title: 'names as text',
    rest: shop('names: »shop.example.com'),
    message: 'must be a list, not text',
    hint: 'write it in brackets: [shop.example.com]',
  },
  {
    title: 'a number as a host name',
    rest: shop('names: [»1.10]'),
    message: 'must be text, not a number',
    hint: 'write it in quotes: "1.10"',
    path: 'certificates[0].names[0]',
  },
  { title: 'no names', rest: shop('names: »[]'), message: 'is empty' },
  {
    title: 'an underscore',
    rest: shop('names: [»my_shop.example.com]'),
    message: 'has an underscore, which host names in certificates must not have',
    hint: 'letters, digits and hyphens only',
  },
  {
    title: 'an address',
    rest: shop('names: [»192.0.2.1]'),
    message: 'is an IP address; resellers issue for host names',
    hint: 'name the host instead',
  },
  {
    title: 'an IPv6 address',
    rest: shop('names: [»"2001:db8::1"]'),
    message: 'is an IP address; resellers issue for host names',
    hint: 'name the host instead',
  },
  {
    title: 'a name with a path',
    rest: shop('names: [»"https://shop.example.com"]'),
    message: 'is no host name: label "https://shop"',
    hint: 'labels have letters, digits and inner hyphens only; no scheme, port, path or space',
  },
  {
    title: 'a long label',
    rest: shop(`names: [»${'a'.repeat(64)}.example.com]`),
    message: 'has a label of 64 characters; at most 63 are allowed',
  },
  {
    title: 'a long name',
    rest: shop(`names: [»${`${'a'.repeat(49)}.`.repeat(5)}example.com]`),
    message: 'has 261 characters; at most 253 are allowed',
  },
  {
    title: 'a single label',
    rest: shop('names: [»localhost]'),
    message: 'is a single label; public certificates need a full name',
    hint: 'e.g. "shop.example.com"',
  },
  {
    title: 'a wildcard in the middle',
    rest: shop('names: [»"www.*.example.com"]'),
    message: 'has "*" where it is not allowed',
    hint: 'a wildcard is the whole first label: "*.example.com"',
  },
  {
    title: 'the same name twice, in two spellings',
    rest: shop('names: [bücher.example.com, »XN--BCHER-kva.example.com.]'),
    message: 'the name xn--bcher-kva.example.com stands in this certificate already: renewd.yaml:12:13',
    hint: 'leave one of the two out',
  },
  {
    title: 'two certificates of one name',
    rest: `${good}  - { name: »SHOP, names: [a.example.com], provider: cl, product: BasicDV, crt: a.crt }\n`,
    message: 'another certificate has this name: renewd.yaml:8:11',
    hint: 'every certificate needs a name of its own',
    path: 'certificates[1].name',
  },
  {
    title: 'two certificates for the same names',
    rest: `${good}  - { name: again, names: »[shop.example.com], provider: cl, product: BasicDV, crt: a.crt }\n`,
    severity: 'warning',
    message: 'certificate shop has the same names: renewd.yaml:8:5',
    hint: 'one certificate can be deployed to several directories; two are paid for twice',
  },
  {
    title: 'two certificates in one directory',
    rest: `${good}  - { name: b, names: [b.example.com], provider: cl, product: BasicDV, deploy: [{ directory: »/etc/tls/x/../shop }] }\n`,
    message: 'is the directory of certificate shop (renewd.yaml:12:27), too',
    hint: 'a directory is switched as a whole: give every set one of its own',
    path: 'certificates[1].deploy[0].directory',
  },
  ...(
    [
      [
        'a path',
        'name: »tls/shop.key, format: key',
        'is a path; only the name of a file in the directory is wanted',
      ],
      [
        'a way out',
        'name: »../shop.key, format: key',
        'is a path; only the name of a file in the directory is wanted',
      ],
      [
        'a hidden name',
        'name: ».current, format: key',
        'begins with a dot; those names are for renewd itself',
      ],
      ['a blank', 'name: »a b, format: key', 'has characters that are not used in file names here'],
      [
        'a standard name',
        'name: »cert.pem, format: key',
        'is one of the files that every set has, with a meaning of its own',
      ],
      [
        'an unknown format',
        'name: a, format: »p12',
        'must be one of key, certificate, chain, fullchain, combined, key-der, certificate-der, pkcs12, truststore',
      ],
      ['an alias for nothing', 'name: a, format: key, alias: »x', 'means nothing for format key'],
      [
        'an open key',
        'name: a, format: combined, mode: »"0644"',
        'opens a file with the private key to others',
      ],
      [
        'two of one name',
        'name: a, format: key }, { name: »a, format: chain',
        'another file of this target is named "a", too',
      ],
      [
        'a password in the file',
        'name: a, format: pkcs12, password: »secret',
        'a secret does not stand in the configuration itself; name where it comes from: { env: NAME }, { file: PATH } or { command: [PROGRAM, ARGUMENT, …] }',
      ],
      ['no password', '»name: a, format: truststore', '"password" is missing: format truststore needs one'],
    ] as const
  ).map(([title, file, message]): Row => ({
    title: `further files: ${title}`,
    rest: shop(
      `deploy:\n      - directory: /etc/tls/shop\n        files: [${`{ ${file} }`.replace('{ »', '»{ ')}]`,
    ),
    message,
  })),
  {
    title: 'a directory inside another',
    rest: `${good}  - { name: b, names: [b.example.com], provider: cl, product: BasicDV, deploy: [{ directory: »/etc/tls/shop/b }] }\n`,
    message: 'lies inside the directory of certificate shop (renewd.yaml:12:27)',
    hint: 'a directory is switched as a whole: give every set one of its own',
  },
  {
    title: 'a directory around the keys',
    rest: `keys: /etc/tls/shop/keys\n${shop('deploy: [{ directory: »/etc/tls/shop }]')}`,
    message: 'overlaps the key directory (`keys`)',
    hint: 'a directory is switched as a whole: give every set one of its own',
  },
  {
    title: 'no deploy and no crt',
    rest: good.replace('    deploy: [{ directory: /etc/tls/shop }]\n', '').replace('- name', '- »name'),
    message: '"deploy" is missing, and there is no "crt" either',
    hint: 'say where the certificate goes (deploy), or at least which file is looked at (crt)',
  },

  // What the provider offers.
  {
    title: 'an unknown provider',
    rest: shop('provider: »clo'),
    message: 'there is no provider of this name',
    hint: 'did you mean "cl"?',
  },
  {
    title: 'no provider',
    rest: good.replace('    provider: cl\n', '').replace('- name', '- »name'),
    message: '"provider" is missing, here and in the defaults',
    hint: 'a key of `providers`: cl, op',
  },
  {
    title: 'an unknown provider in the defaults',
    rest: `defaults: { provider: »nope }\n${good.replace('    provider: cl\n', '')}`,
    message: 'there is no provider of this name',
    hint: 'known are: cl, op',
    path: 'defaults.provider',
  },
  {
    title: 'an unknown product',
    rest: shop('product: »BasicVD'),
    message: 'provider cl has no product of this name',
    hint: 'did you mean "BasicDV"?',
  },
  {
    title: 'a wildcard that the product lacks',
    rest: shop('names: [shop.example.com, »"*.example.com"]'),
    message: 'product BasicDV does not cover wildcards',
    hint: 'choose a product that does, or list the names one by one',
  },
  {
    title: 'too many names for the product',
    rest: shop('names: »[a.example.com, b.example.com, c.example.com]'),
    message: 'has 3 names; product BasicDV takes 2',
    hint: 'split the certificate, or choose another product',
  },
  {
    title: 'too many names for the provider',
    rest: shop(
      'provider: op',
      'names: »[a.example.com, b.example.com, c.example.com, d.example.com, e.example.com]',
    ),
    message: 'has 5 names; provider op takes 4',
    hint: 'split the certificate, or choose another product',
  },
  {
    title: 'a method that the product lacks',
    rest: shop('product: StarDV', 'dcv: { method: »file }'),
    message: 'this product does not validate by file',
    hint: 'possible: dns',
  },
  {
    title: 'a method that the provider lacks',
    rest: shop('provider: op', 'dcv: { method: »email }'),
    message: 'this provider does not validate by email',
    hint: 'possible: dns, file',
    // E-mail validation, and the approver that it lacks, are warned of by themselves.
    others: 2,
  },
  {
    title: 'a record type that the product lacks',
    rest: shop('product: StarDV', 'dcv: { record: »txt }'),
    message: 'this product does not validate by txt records',
    hint: 'possible: cname',
  },
  {
    title: 'an unknown order setting',
    rest: shop('order: { »contcat: x }'),
    message: 'unknown key',
    hint: 'did you mean "contact"?',
    path: 'certificates[0].order.contcat',
  },
  {
    title: 'a wrong order setting in the defaults',
    rest: `defaults: { order: { period: »3y } }\n${good}`,
    message: 'must be one of 1y, 2y',
    hint: 'did you mean "1y"?',
    path: 'defaults.order.period',
  },

  // Validation.
  {
    title: 'an unknown method',
    rest: shop('dcv: { method: »dsn }'),
    message: 'must be one of dns, file, email',
    hint: 'did you mean "dns"?',
  },
  {
    title: 'a wildcard by file',
    rest: shop('provider: op', 'names: [»"*.example.com"]', 'dcv: { method: file }'),
    message: 'a wildcard cannot be validated by file',
    hint: 'use method dns for this certificate',
  },
  {
    title: 'an unknown publisher',
    rest: shop('dcv: { publisher: »nss }'),
    message: 'there is no publisher of this name',
    hint: 'did you mean "ns"?',
  },
  {
    title: 'a publisher of the wrong kind',
    rest: shop('dcv: { method: dns, publisher: »web }'),
    message: 'this publisher serves method file, not dns',
    hint: 'for dns there is: ns',
  },
  {
    title: 'no publisher for the method',
    main: accounts.replace('  web: { type: folder, path: /var/www }\n', '') + shop('dcv: { method: »file }'),
    message: 'method file needs a file publisher, and there is none',
    hint: 'add one under `publishers` of the main file',
  },
  {
    title: 'a name outside of all zones',
    rest: shop('names: [shop.example.com, »shop.example.org]'),
    severity: 'warning',
    message: 'no zone of a dns publisher holds shop.example.org',
    hint: 'right only if a CNAME leads its validation name into a zone of a publisher',
  },
  {
    title: 'a host that no file publisher serves',
    main:
      accounts.replace('path: /var/www', 'path: /var/www, hosts: [a.example.com]') +
      shop('names: [»b.example.com]', 'dcv: { method: file }'),
    severity: 'warning',
    message: 'no file publisher serves b.example.com',
    hint: 'add the host to `hosts` of a publisher',
  },
  {
    title: 'e-mail validation',
    rest: shop('dcv: { method: »email }'),
    severity: 'warning',
    message: 'e-mail validation ends on 2028-03-15, and a person has to answer each mail',
    hint: 'use dns or file',
    others: 1,
  },
  {
    title: 'e-mail validation without an approver',
    rest: shop('dcv: »{ method: email }'),
    severity: 'warning',
    message: 'no approver is named: where the provider offers a choice, the first order stops and asks',
    others: 1,
  },
  {
    title: 'a key from a provider that makes none',
    rest: shop('key: { madeBy: »provider }'),
    message: 'this provider makes no keys',
    hint: 'leave it out: renewd makes the key',
  },
  {
    title: 'an approver that is no address',
    rest: shop('dcv: { method: dns, approver: »admin }'),
    message: 'must be an e-mail address',
  },
  {
    title: 'a propagation timeout of a second',
    rest: shop('dcv: { propagationTimeout: »1s }'),
    message: 'must be between 1m and 14d',
  },

  // Deployment.
  {
    title: 'a mode without quotes',
    rest: shop('deploy: [{ directory: /a, mode: »0755 }]'),
    message: 'must be an octal mode in quotes, e.g. "0640"; without them YAML reads the number 755',
    path: 'certificates[0].deploy[0].mode',
  },
  {
    title: 'a mode with letters',
    rest: shop('deploy: [{ directory: /a, mode: »u=rw }]'),
    message: 'must be an octal mode of three digits, e.g. "0640"',
  },
  {
    title: 'a key that everyone may read',
    rest: shop('deploy: [{ directory: /a, keyMode: »"0644" }]'),
    message: 'lets everyone on this host at the private key',
    hint: 'the last digit must be 0, e.g. "0640"',
  },
  {
    title: 'a reload command as text',
    rest: shop('deploy: [{ directory: /a, reload: »systemctl reload nginx }]'),
    message: 'must be a list of program and arguments, because no shell is used: [systemctl, reload, nginx]',
  },
  {
    title: 'a reload command in one word',
    rest: shop('deploy: [{ directory: /a, reload: [»systemctl reload nginx] }]'),
    message: 'the program has spaces in its name, and no shell is used to split it',
    hint: 'write [systemctl, reload, nginx]',
  },
  {
    title: 'a probe without a port',
    rest: shop('deploy: [{ directory: /a, probe: [»shop.example.com] }]'),
    message: 'has no port',
    hint: 'write "shop.example.com:443"',
  },
  {
    title: 'a bare IPv6 probe',
    rest: shop('deploy: [{ directory: /a, probe: [»"2001:db8::1"] }]'),
    message: 'is an IPv6 address without brackets and port',
    hint: 'write "[2001:db8::1]:443"',
  },
  {
    title: 'a probe for another name',
    rest: shop('deploy: [{ directory: /a, probe: [»www.example.com:443] }]'),
    severity: 'warning',
    message: 'the certificate shop does not cover www.example.com, which this probe asks for',
    hint: 'add serverName: { host: www.example.com, port: …, serverName: shop.example.com }',
  },
  {
    title: 'a misspelt key of a probe',
    rest: shop('deploy: [{ directory: /a, probe: [{ host: a, »prot: 1 }] }]'),
    message: 'unknown key',
    hint: 'did you mean "port"?',
  },

  // Time.
  {
    title: 'a lead without a unit',
    rest: shop('lead: »30'),
    message:
      'must be a duration: a number with a unit, e.g. "30s", "1h30m" or "14d" (units ms, s, m, h, d, w)',
  },
  {
    title: 'a lead longer than a lifetime',
    rest: shop('lead: »60d'),
    severity: 'warning',
    message: '60d is longer than the 47 days that a certificate lives from 2029-03-15 on',
    hint: 'leave it out: a third of the lifetime is right for most',
  },
  {
    title: 'a window on 30 February',
    rest: shop('windows: { order: [{ cron: »"0 3 30 2 *", duration: 1h }] }'),
    message: 'this window never opens: no day matches',
    hint: 'check day of month and month',
  },
  {
    title: 'a window of no length',
    rest: shop('windows: { order: [{ cron: "0 3 * * *", duration: »0s }] }'),
    message: 'must be between 1m and 366d',
  },
  {
    title: 'a window once a month',
    rest: shop('windows: { order: »[{ cron: "0 3 1 * *", duration: 1h }] }'),
    severity: 'warning',
    message: 'stays closed for longer than 15d 16h, the lead of a certificate that lives 47 days',
    hint: 'open it at least every two weeks; otherwise renewals end as emergencies outside of it',
  },
  {
    title: 'a window less often than the lead',
    rest: shop('lead: 3d', 'windows: { deploy: »[{ cron: "0 3 * * sun", duration: 1h }] }'),
    message: 'stays closed for longer than the lead of 3d, so it may not open between due and expiry',
    hint: 'open it more often, or lengthen the lead',
  },

  // Inventory files.
  {
    title: 'a pattern without files',
    rest: `inventory: [»more/*.yaml]\n${good}`,
    severity: 'warning',
    message: 'no file matches this pattern',
  },
  {
    title: 'a file that is not there',
    rest: `inventory: [more.yaml]\n${good}`,
    files: { '../renewd.yaml': '' },
    message: 'there is no such file',
  },
  {
    title: 'an unknown key of an inventory file',
    rest: `inventory: [more/*.yaml]\n${good}`,
    files: { 'more/a.yaml': '»default: {}\ncertificates: []\n' },
    message: 'unknown key',
    hint: 'did you mean "defaults"?',
  },
  {
    title: 'a mistake in a list file',
    rest: `inventory: [more/*.yaml]\n${good}`,
    files: {
      'more/a.yaml':
        '# team a\n- name: a\n  names: [a.example.com]\n  provider: cl\n  product: BasicDV\n  »hodl: true\n  crt: a.crt\n',
    },
    message: 'unknown key',
    hint: 'did you mean "hold"?',
    path: '[0].hodl',
  },
  {
    title: 'the same name in two files',
    rest: `inventory: [more/*.yaml]\n${good}`,
    files: {
      'more/a.yaml':
        '- { name: »shop, names: [a.example.com], provider: cl, product: BasicDV, crt: a.crt }\n',
    },
    message: 'another certificate has this name: renewd.yaml:9:11',
    hint: 'every certificate needs a name of its own',
  },
  {
    title: 'a text as an inventory file',
    rest: `inventory: [more/*.yaml]\n${good}`,
    files: { 'more/a.yaml': '»hello\n' },
    message: 'an inventory file must be a list of certificates, or a mapping with "certificates", not text',
  },
];

describe('each mistake', () => {
  it.each(rows.map((row) => [row.title, row] as const))('%s', async (_title, row) => {
    const workspace = new Workspace();
    const texts: Record<string, string> = {
      'renewd.yaml': row.main ?? `${accounts}${row.rest ?? ''}`,
      ...row.files,
    };
    delete texts['../renewd.yaml'];
    let place = row.title === 'a file that is not there' ? 'more.yaml:1:1' : '';
    for (const [name, text] of Object.entries(texts)) {
      const mark = text.indexOf('»');
      if (mark !== -1) {
        const before = text.slice(0, mark).split('\n');
        place = `${name}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
      }
      workspace.write(name, text.replace('»', ''));
    }
    const { diagnostics, configuration } = await workspace.load();
    const found = diagnostics.map((one) => ({
      place: `${one.file.slice(workspace.directory.length + 1)}:${one.line}:${one.column}`,
      severity: one.severity,
      message: one.message,
      ...(row.hint === undefined ? {} : { hint: one.hint }),
      ...(row.path === undefined ? {} : { path: one.path }),
    }));
    expect(found).toContainEqual({
      place,
      severity: row.severity ?? 'error',
      message: row.message,
      ...(row.hint === undefined ? {} : { hint: row.hint }),
      ...(row.path === undefined ? {} : { path: row.path }),
    });
    // Nothing else is said: one mistake, one sentence.
    expect(diagnostics.map(({ message }) => message)).toHaveLength(1 + (row.others ?? 0));
    expect(configuration === undefined).toBe(row.severity !== 'warning');
  });
});
