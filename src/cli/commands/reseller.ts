/** Commands that talk to resellers and people. */
import { json, type CommandHelp } from './kinds.ts';

export const reseller: readonly CommandHelp[] = [
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
];
