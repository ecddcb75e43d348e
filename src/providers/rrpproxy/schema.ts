/**
 * Answers as typed data: strict about the fields that are acted upon, silent about the rest. Property names: every
 * spelling that the manual's tables, its examples and the knowledge base use for the same thing.
 */
import { wholeSeconds } from '../../core/durations.ts';
import { RenewdError } from '../../core/errors.ts';
import { parseMoney, type Money } from '../../core/money.ts';
import { bounded } from '../../vendors/common/text.ts';
import { column, joinedLines, single, type Answer } from '../../vendors/command-text/wire.ts';

type Column = readonly (string | undefined)[];

/** What Add-, Renew-, Reissue- and StatusCertificate say about one certificate (manual 9.1.16 to 9.1.25). */
export interface CertificateAnswer {
  /** Never a FAIL id. */
  readonly certificateId: string | undefined;
  readonly orderId: string | undefined;
  /** "FAIL" and digits: what a failed request gets instead of an id; of use to the provider's support only. */
  readonly supportId: string | undefined;
  readonly statusWord: string | undefined;
  readonly domains: Column;
  readonly dcvDomains: Column;
  readonly dcvEmails: Column;
  readonly records: Column;
  readonly fileNames: Column;
  readonly fileContents: Column;
  readonly csr: string | undefined;
  readonly certificate: string | undefined;
  readonly chain: string | undefined;
  readonly paidUntil: Date | undefined;
  readonly createdAt: Date | undefined;
  /** Net of tax. */
  readonly price: Money | undefined;
  readonly message: string | undefined;
  readonly migratedTo: string | undefined;
}

/** Throws `provider-protocol` when an id or the status comes twice with different values, or an id is no id. */
export function readCertificate(answer: Answer, currency: string): CertificateAnswer {
  const id = identifier(answer, 'CERTIFICATE');
  const failed = id !== undefined && /^fail\d/i.test(id);
  const intermediate = joinedLines(answer, 'INTERMEDIATE', 'INTERMEDIATECRT');
  const root = joinedLines(answer, 'ROOT', 'ROOTCRT');
  const message = single(answer, 'AUTHMESSAGE');
  const price = single(answer, 'PRICE');
  return {
    certificateId: failed ? undefined : id,
    orderId: identifier(answer, 'CERTIFICATEORDER') ?? identifier(answer, 'ORDER'),
    supportId: failed ? id : undefined,
    statusWord: unambiguous(answer, 'STATUS'),
    domains: column(answer, 'DOMAIN'),
    dcvDomains: column(answer, 'DCVDOMAIN'),
    dcvEmails: column(answer, 'DCVEMAIL', 'APPROVEREMAIL'),
    records: column(answer, 'DNSRR', 'DNSAUTHNAME', 'DNAUTHNAME'),
    fileNames: column(answer, 'FILENAME', 'FILEAUTHNAME'),
    fileContents: column(answer, 'FILECONTENTS', 'FILEAUTHCONTENTS'),
    csr: joinedLines(answer, 'CSR'),
    certificate: joinedLines(answer, 'CERT', 'CRT'),
    chain: intermediate === undefined ? root : intermediate + (root ?? ''),
    paidUntil: parseDate(single(answer, 'ORDERPAIDUNTIL', 'PAIDUNTIL')),
    createdAt: parseDate(single(answer, 'CREATEDDATE')),
    price: price === undefined ? undefined : parseMoney(price, currencyOf(answer) ?? currency),
    message: message === undefined ? undefined : bounded(message),
    migratedTo: single(answer, 'MIGRATEDTOCERTIFICATE'),
  };
}

export interface CertificateRow {
  readonly certificateId: string;
  readonly createdAt: Date | undefined;
  readonly className: string | undefined;
}

export interface CertificatePage {
  readonly rows: readonly CertificateRow[];
  /** Index of the first row of the next page; undefined when this was the last. */
  readonly next: number | undefined;
  /** False when the page cannot be relied on: repeated indices, or a position that does not move on. */
  readonly sound: boolean;
}

/** 9.1.23. `total` may exceed what is ever listed (9.1.10), so an empty page is the end as well. */
export function readCertificatePage(answer: Answer, first: number): CertificatePage {
  const created = column(answer, 'CREATEDDATE');
  const classNames = column(answer, 'CLASS');
  const rows: CertificateRow[] = [];
  for (const [index, id] of column(answer, 'CERTIFICATE').entries()) {
    if (id === undefined || !isId(id)) continue;
    rows.push({ certificateId: id, createdAt: parseDate(created[index]), className: classNames[index] });
  }
  const last = integer(single(answer, 'LAST')) ?? first + rows.length - 1;
  const total = integer(single(answer, 'TOTAL'));
  const ended = rows.length === 0 || total === undefined || last + 1 >= total;
  // Without a total nothing says that this was all.
  const sound = !answer.repeated.has('CERTIFICATE') && total !== undefined && (ended || last >= first);
  return { rows, next: ended || !sound ? undefined : last + 1, sound };
}

/** Ids are opaque, but they are sent back and stored: one word of bounded length. */
export function isId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text);
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

function currencyOf(answer: Answer): string | undefined {
  const text = single(answer, 'CURRENCY');
  return text !== undefined && /^[A-Za-z]{3}$/.test(text) ? text : undefined;
}

function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/**
 * `YYYY-MM-DD HH:MM:SS` with or without fraction, or a bare date, taken as UTC and cut to whole seconds (php-sdk
 * src/ApiDateTime.php); undefined for anything else, including days that do not exist.
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
