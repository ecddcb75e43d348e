/**
 * Answers as typed data: strict about the fields that are acted upon, silent about the rest. Sources: hexonet-ssl-api,
 * "All parameters" (answers), and the property tables of the vendor's command pages.
 */
import { wholeSeconds } from '../../core/durations.ts';
import { RenewdError } from '../../core/errors.ts';
import { column, joinedLines, single, type Answer } from '../../vendors/command-text/wire.ts';
import { bounded } from '../../vendors/common/text.ts';

type Column = readonly (string | undefined)[];

/** What Create-, Renew-, Reissue- and StatusSSLCert say about one certificate. */
export interface CertificateAnswer {
  readonly certificateId: string | undefined;
  /** The certificate that this one renews. */
  readonly oldCertificateId: string | undefined;
  readonly className: string | undefined;
  readonly statusWord: string | undefined;
  readonly statusDetails: string | undefined;
  /** The columns of the validation, by index of the name. */
  readonly domains: Column;
  readonly validations: Column;
  readonly emails: Column;
  readonly records: Column;
  readonly urls: Column;
  readonly urlContents: Column;
  /** The vendor places the records itself. */
  readonly internalDns: boolean;
  readonly csr: string | undefined;
  readonly certificate: string | undefined;
  readonly chain: string | undefined;
  /** A key that the vendor holds has this many bits; undefined: it holds none. */
  readonly keyLength: number | undefined;
  readonly paidUntil: Date | undefined;
  readonly createdAt: Date | undefined;
  readonly updatedAt: Date | undefined;
}

/** Throws `provider-protocol` when an id or the status comes twice with different values, or an id is no id. */
export function readCertificate(answer: Answer): CertificateAnswer {
  const details = single(answer, 'STATUSDETAILS');
  return {
    certificateId: identifier(answer, 'SSLCERTID'),
    oldCertificateId: identifier(answer, 'OLD-SSLCERTID'),
    className: single(answer, 'SSLCERTCLASS'),
    statusWord: unambiguous(answer, 'STATUS'),
    statusDetails: details === undefined ? undefined : bounded(details),
    domains: column(answer, 'DOMAIN'),
    validations: column(answer, 'VALIDATION'),
    emails: column(answer, 'VALIDATIONEMAIL'),
    records: column(answer, 'VALIDATIONDNSRR'),
    urls: column(answer, 'VALIDATIONURL'),
    urlContents: column(answer, 'VALIDATIONURLCONTENT'),
    internalDns: single(answer, 'INTERNALDNS') === '1',
    csr: joinedLines(answer, 'CSR'),
    certificate: joinedLines(answer, 'CRT'),
    chain: joinedLines(answer, 'CACRT'),
    keyLength: integer(single(answer, 'KEYLENGTH')),
    paidUntil: parseDate(single(answer, 'REGISTRATIONEXPIRATIONDATE') ?? single(answer, 'EXPIRATIONDATE')),
    createdAt: parseDate(single(answer, 'CREATEDDATE')),
    updatedAt: parseDate(single(answer, 'UPDATEDDATE')),
  };
}

export interface CertificateRow {
  readonly certificateId: string;
  readonly className: string | undefined;
  readonly commonName: string | undefined;
  readonly statusWord: string | undefined;
  readonly createdAt: Date | undefined;
  readonly updatedAt: Date | undefined;
  readonly expiresAt: Date | undefined;
}

export interface CertificatePage {
  readonly rows: readonly CertificateRow[];
  /** Index of the first row of the next page; undefined when this was the last. */
  readonly next: number | undefined;
  readonly total: number | undefined;
  /** False when the page cannot be relied on: repeated indices, no total, or a position that does not move on. */
  readonly sound: boolean;
}

/** Command page QuerySSLCertList. Its columns have names of their own. */
export function readCertificatePage(answer: Answer, first: number): CertificatePage {
  const at = (name: string): Column => column(answer, name);
  const [classes, names, words] = [at('SSLCERTCLASS'), at('SSLCERTCN'), at('SSLCERTSTATUS')];
  const [created, updated] = [at('SSLCERTCREATEDDATE'), at('SSLCERTUPDATEDDATE')];
  const expires = at('SSLCERTEXPIRATIONDATE');
  let strange = false;
  const rows = at('SSLCERTID').flatMap((id, index): CertificateRow[] => {
    if (id === undefined || !isId(id)) {
      strange = true;
      return [];
    }
    const word = words[index];
    const commonName = names[index];
    return [
      {
        certificateId: id,
        className: classes[index],
        commonName: commonName === undefined ? undefined : bounded(commonName, 255),
        statusWord: word === undefined ? undefined : bounded(word, 100),
        createdAt: parseDate(created[index]),
        updatedAt: parseDate(updated[index]),
        expiresAt: parseDate(expires[index]),
      },
    ];
  });
  const last = integer(single(answer, 'LAST')) ?? first + rows.length - 1;
  const total = integer(single(answer, 'TOTAL'));
  const ended = rows.length === 0 || total === undefined || last + 1 >= total;
  // An empty page before the total is reached proves nothing.
  const cut = rows.length === 0 && total !== undefined && first < total;
  const sound =
    !strange && !cut && !answer.repeated.has('SSLCERTID') && total !== undefined && (ended || last >= first);
  return { rows, next: ended || !sound ? undefined : last + 1, total, sound };
}

export type ApproverLevel = 'WHOIS' | 'GENERIC' | 'MANUAL' | undefined;

export interface Approver {
  readonly email: string;
  readonly level: ApproverLevel;
}

/** QuerySSLCertDCVEMailAddressList: parallel columns, duplicates occur. What is no mailbox is left out. */
export function readApprovers(answer: Answer): readonly Approver[] {
  const levels = column(answer, 'LEVEL');
  const found = new Map<string, Approver>();
  for (const [index, email] of column(answer, 'EMAIL').entries()) {
    if (email === undefined || !isAddress(email)) continue;
    const level = levels[index]?.toUpperCase();
    const known = level === 'WHOIS' || level === 'GENERIC' || level === 'MANUAL' ? level : undefined;
    if (!found.has(email.toLowerCase())) found.set(email.toLowerCase(), { email, level: known });
  }
  return [...found.values()];
}

/** Ids are opaque, but they are sent back and stored: one word of bounded length. */
export function isId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text);
}

/** One mailbox of usual form; it is only shown to people. */
export function isAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s@<>",;:]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+$/.test(text);
}

function identifier(answer: Answer, name: string): string | undefined {
  const id = unambiguous(answer, name);
  if (id !== undefined && !isId(id)) throw protocol(`the value of "${name.toLowerCase()}" is not an id`);
  return id;
}

function unambiguous(answer: Answer, name: string): string | undefined {
  const values = new Set(column(answer, name).filter((value) => value !== undefined));
  if (values.size > 1) throw protocol(`"${name.toLowerCase()}" has several values`);
  const [value] = values;
  return value === undefined ? undefined : bounded(value, 100);
}

function protocol(what: string): RenewdError {
  return new RenewdError('provider-protocol', `the provider's answer cannot be trusted: ${what}`);
}

function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/**
 * `YYYY-MM-DD HH:MM:SS` with or without fraction, or a bare date, taken as UTC and cut to whole seconds: the vendor's
 * StatusSSLCert sample prints the notAfter of the certificate beside it in GMT. Undefined for anything else, including
 * days that do not exist.
 */
export function parseDate(text: string | undefined): Date | undefined {
  const match = /^(\d{4})[-/](\d{2})[-/](\d{2})(?:[ T](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?)?$/.exec(
    text ?? '',
  );
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const exists = at.getUTCMonth() === month - 1 && at.getUTCDate() === day && at.getUTCHours() === hour;
  return exists && minute < 60 && second < 60 ? wholeSeconds(at) : undefined;
}
