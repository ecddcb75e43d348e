/** Every error code, with its kind, what it means and what to do. docs/errors.md is generated from this table. */
import type { ErrorKind } from './errors.ts';

export interface ErrorTableRow {
  readonly kind: ErrorKind;
  readonly meaning: string;
  readonly remedy: string;
}

function row(kind: ErrorKind, meaning: string, remedy: string): ErrorTableRow {
  return { kind, meaning, remedy };
}

export const errorTable = {
  'config-invalid': row(
    'configuration',
    'The configuration has mistakes; each is listed with file, line and column.',
    'Run `renewd check` and mend what it lists; the daemon keeps running on the last good configuration.',
  ),
  'secret-unreadable': row(
    'configuration',
    'A secret named in the configuration cannot be read.',
    'Check the environment variable, the file and its permissions, or the command.',
  ),
  'approver-unknown': row(
    'configuration',
    'E-mail validation needs an address that the provider offers; nothing was ordered.',
    'Set `dcv.approver` to one of the addresses in the message (`renewd approvers NAME` lists them), or validate by DNS.',
  ),
  'provider-unauthorized': row(
    'authentication',
    'The provider refused our credentials or our address.',
    "Check login, password and the account's address allow-list at the provider.",
  ),
  'provider-rejected': row(
    'rejected',
    'The provider refused the request for a reason that will not pass by itself.',
    "Read the provider's text; correct names, product, contacts or CSR settings.",
  ),
  'provider-funds': row(
    'funds',
    "The account's credit or credit limit does not cover the order.",
    'Top up the account; the renewal goes on by itself.',
  ),
  'provider-object-missing': row(
    'not-found',
    'The provider does not know the order, certificate or job.',
    'Check that the order belongs to this account; `renewd history NAME` shows the ids.',
  ),
  'provider-conflict': row(
    'conflict',
    "The object's state at the provider does not permit this now.",
    'Usually passes; renewd reads the object again before it goes on.',
  ),
  'provider-rate-limited': row(
    'rate-limited',
    'The provider asks us to slow down.',
    'Nothing; renewd waits. Lower the number of parallel certificates if it persists.',
  ),
  'provider-unavailable': row(
    'unavailable',
    'The provider could not be reached or said "try again", and nothing was applied.',
    'Nothing; renewd tries again with growing pauses.',
  ),
  'provider-outcome-unknown': row(
    'outcome-unknown',
    'The answer to an order was lost or cannot be trusted; the order may exist.',
    'renewd looks the order up; if it cannot tell, it blocks the renewal and asks for a decision.',
  ),
  'provider-protocol': row(
    'protocol',
    "The provider's answer could not be understood.",
    'Look at the log entry; report it if the provider changed its interface.',
  ),
  'provider-redirected': row(
    'protocol',
    'The provider answered with a redirect, which is never followed with credentials.',
    'Check the configured URL.',
  ),
  'provider-answer-too-large': row(
    'protocol',
    "The provider's answer exceeds the size limit.",
    'Check that the URL is the API and not a proxy or a login page.',
  ),
  'order-failed': row(
    'rejected',
    'The provider or CA gave up on the order.',
    'Read the reason in `renewd history NAME`; a new attempt starts after a pause.',
  ),
  'order-ambiguous': row(
    'outcome-unknown',
    'After a lost answer several orders match, or the provider cannot tell whether ours exists.',
    'Look at the provider, then `renewd resolve NAME --order ID` or `--none`.',
  ),
  'spend-limit': row(
    'funds',
    'The order would exceed a spending limit of the configuration.',
    'Raise `spend` for the provider, or wait until the period is over.',
  ),
  'price-changed': row(
    'funds',
    'The provider would charge more than the limit for one order allows.',
    'Compare the price with `spend.perOrder`, then raise the limit or choose another product.',
  ),
  'dcv-publish-failed': row(
    'dcv-failed',
    'The proof of domain control could not be published.',
    'Check the publisher: server, zone, key, permissions.',
  ),
  'dcv-no-publisher': row(
    'configuration',
    'No configured publisher serves the zone or host the proof must be published in.',
    'Add a publisher for that zone, or set `dcv.publisher`.',
  ),
  'dcv-not-visible': row(
    'dcv-failed',
    'The published proof is not visible at every authoritative server yet.',
    'renewd keeps looking; check the named servers if it lasts.',
  ),
  'dcv-unsafe': row(
    'protocol',
    "The provider asked for a record or file outside the certificate's names or outside the permitted paths.",
    'Nothing was published. Report it to the provider.',
  ),
  'certificate-unacceptable': row(
    'protocol',
    'The issued certificate failed verification and was not deployed.',
    'Read which check failed; contact the provider if it persists.',
  ),
  'deploy-failed': row(
    'local',
    'The certificate set could not be written or switched; the previous set is still in place.',
    'Check permissions, ownership and free space of the target directory.',
  ),
  'reload-failed': row(
    'local',
    'The reload command failed; the previous set was put back.',
    'Run the command by hand; its output is in the log.',
  ),
  'not-served': row(
    'local',
    'After deployment an endpoint does not serve the new certificate; the previous set was put back.',
    "Check that the server reads renewd's directory and that the endpoint's address is right.",
  ),
  'key-unusable': row(
    'local',
    'A private key could not be written, read back or used.',
    'Check the key directory: owner, mode 0700, free space.',
  ),
  'file-failed': row(
    'local',
    'A file or directory could not be read, written or switched.',
    'Check owner, permissions and free space of the path that is named.',
  ),
  'wrong-user': row(
    'local',
    'Root was about to make files where those of the daemon, another user, lie.',
    "Run it as the daemon's user: `runuser -u renewd -- renewd …`.",
  ),
  'backup-unusable': row(
    'local',
    'A backup cannot be made or used as it is; nothing was changed.',
    'Do what the message says, or use another backup.',
  ),
  'dns-failed': row('unavailable', 'A DNS server did not answer, or refused.', 'Check the named server.'),
  'store-locked': row(
    'conflict',
    'Another daemon uses this store.',
    'Stop the other daemon, or point this one at its own store.',
  ),
  'store-failed': row(
    'local',
    'The store could not be read or written.',
    'Check the file, its permissions and free space.',
  ),
  'store-gone': row(
    'local',
    'The file of the store was removed or replaced while renewd worked with it; the daemon stops.',
    'Put the file back, or restore a backup, before renewd is started again: it would begin an empty store.',
  ),
  'store-newer': row(
    'configuration',
    'The store was written by a newer renewd.',
    'Use that version, or restore a backup of this one.',
  ),
  'store-conflict': row(
    'conflict',
    'The renewal was changed by someone else meanwhile.',
    'Nothing; it is read again on the next pass.',
  ),
  'state-impossible': row(
    'invariant',
    'An event arrived that cannot happen in the state the renewal is in.',
    'A bug: please report it with `renewd history NAME --json`.',
  ),
  'listen-failed': row(
    'local',
    'The status server cannot listen on its address.',
    'Stop the process that uses the address, or change `listen`.',
  ),
  'notice-failed': row(
    'unavailable',
    'A channel of `notices`, or the heartbeat, did not take what was sent.',
    'renewd tries again. `renewd notify --test` shows what is wrong with a channel.',
  ),
  usage: row('configuration', 'The command line is wrong.', 'See `renewd help`.'),
  'key-compromised': row(
    'protocol',
    'The certificate is for a key that was reported as compromised; nothing was deployed.',
    'Let the key be made here (`key.madeBy: us`), then `renewd resolve NAME --cancel`.',
  ),
  'revocation-unreadable': row(
    'unavailable',
    "The CA's revocation list or OCSP responder gave no usable answer; nothing depends on it but the warning.",
    'It is asked again by itself. If it lasts, check that this machine may reach port 80 of the address in the message.',
  ),
  internal: row('invariant', 'An unexpected failure.', 'A bug: please report it with the log entry.'),
} as const satisfies Record<string, ErrorTableRow>;

export type ErrorCode = keyof typeof errorTable;
