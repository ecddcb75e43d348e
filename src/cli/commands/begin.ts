/** Commands to begin with. */
import { json, type CommandHelp } from './kinds.ts';

export const begin: readonly CommandHelp[] = [
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
];
