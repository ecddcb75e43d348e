/**
 * Answers as typed data: strict about the fields that are acted upon, silent about the rest. Sources: hexonet-ssl-api,
 * "All parameters" (answers), and the property tables of the vendor's command pages.
 */
import {
  identifier,
  integer,
  isId,
  parseDate,
  unambiguous,
  type Column,
} from '../../vendors/command-text/fields.ts';
import { isAddress } from '../../vendors/command-text/proof-place.ts';
import { column, joinedLines, single, type Answer } from '../../vendors/command-text/wire.ts';
import { bounded } from '../../vendors/common/text.ts';

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
