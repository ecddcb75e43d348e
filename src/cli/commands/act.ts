/** Commands about one certificate. */
import { json, type CommandHelp } from './kinds.ts';

export const act: readonly CommandHelp[] = [
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
];
