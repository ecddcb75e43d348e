/** What a person can do about a trouble, and the command that shows more. */
import { errorTable } from '../core/error-table.ts';
import { configurationSubject } from './conditions.ts';

export interface Advice {
  readonly todo: string;
  /** To be run as it stands: names of certificates are letters, digits, ".", "_" and "-". */
  readonly command: string;
}

interface Row {
  readonly todo: string;
  readonly command: 'status' | 'history' | 'plan';
}

/** Causes that are no error codes: reasons of decisions, and our own. */
const byCause: Readonly<Record<string, Row>> = {
  'waits-for-person': {
    todo: 'Somebody outside has to act: follow the link in a mail, take a call, send papers. The renewal goes on by itself afterwards.',
    command: 'status',
  },
  unfinished: {
    todo: 'The renewal takes longer than it should; see what it waits for.',
    command: 'history',
  },
  'backing-off': {
    todo: 'Renewals were given up; the history says why, and the next one begins by itself.',
    command: 'history',
  },
  'order-unknown': {
    todo: 'The provider cannot be asked which order stands behind the certificate; the log says why.',
    command: 'plan',
  },
  expired: {
    todo: 'See why nothing is done, and order now if that was not meant: `renewd renew NAME`.',
    command: 'plan',
  },
  'loop-breaker': {
    todo: 'Find out what undoes the certificate on disk, then order again with `renewd renew NAME`.',
    command: 'history',
  },
  revoked: {
    todo: 'A replacement with a fresh key is ordered by itself, within the spending limits. Ask the CA why it was revoked; if the key may be known to others: `renewd compromise NAME`.',
    command: 'history',
  },
  compromised: {
    todo: 'A replacement with a fresh key is ordered, deployed, and the old certificate revoked, by itself. See that it gets there.',
    command: 'status',
  },
  'revocation-needs-person': {
    todo: "Have the provider's support or the CA revoke it for keyCompromise, then say so: `renewd compromise NAME --revoked`.",
    command: 'status',
  },
  'verb-closed': { todo: 'The sentence says what this provider wants done by hand.', command: 'plan' },
  'names-dropped': {
    todo: 'Put the name back into the inventory, or set `allowDroppingNames: true`.',
    command: 'plan',
  },
  'crt-foreign': { todo: 'Correct `crt` or `directory` of the inventory entry.', command: 'plan' },
  'crt-unreadable': {
    todo: "Mend the file's permissions, or the path `crt` of the inventory entry.",
    command: 'plan',
  },
  'order-ambiguous': {
    todo: "Look at the provider's control panel for the order, and say what you found with `renewd resolve NAME`.",
    command: 'history',
  },
};

function errorRemedy(cause: string): string | undefined {
  for (const [code, { remedy }] of Object.entries(errorTable)) if (code === cause) return remedy;
  return undefined;
}

/** For one certificate, or for the configuration. */
export function adviceFor(cause: string, subject: string): Advice {
  if (subject === configurationSubject)
    return {
      todo: 'Correct what the check names; the files are read again when they change.',
      command: 'renewd check',
    };
  const row = Object.hasOwn(byCause, cause) ? byCause[cause] : undefined;
  const remedy = row?.todo ?? errorRemedy(cause) ?? 'See what was done and what came of it.';
  return {
    todo: remedy.replaceAll('NAME', subject),
    command: `renewd ${row?.command ?? 'history'} ${subject}`,
  };
}
