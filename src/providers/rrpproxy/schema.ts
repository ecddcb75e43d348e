/**
 * Answers as typed data: strict about the fields that are acted upon, silent about the rest. Property names: every
 * spelling that the manual's tables, its examples and the knowledge base use for the same thing.
 */
import { parseMoney, type Money } from '../../core/money.ts';
import { column, joinedLines, single, type Answer } from '../../vendors/command-text/wire.ts';
import { bounded } from '../../vendors/common/text.ts';
import type { ChallengeColumns } from '../../vendors/rrpproxy/challenges.ts';
import { isFailId } from '../../vendors/rrpproxy/fields.ts';
import { identifier, parseDate, unambiguous } from '../../vendors/command-text/fields.ts';
import type { CertificateTexts } from '../../vendors/rrpproxy/issued.ts';

/** What Add-, Renew-, Reissue- and StatusCertificate say about one certificate (manual 9.1.16 to 9.1.25). */
export interface CertificateAnswer extends ChallengeColumns, CertificateTexts {
  /** Never a FAIL id. */
  readonly certificateId: string | undefined;
  readonly orderId: string | undefined;
  /** "FAIL" and digits: what a failed request gets instead of an id; of use to the provider's support only. */
  readonly supportId: string | undefined;
  readonly statusWord: string | undefined;
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
  const failed = id !== undefined && isFailId(id);
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

function currencyOf(answer: Answer): string | undefined {
  const text = single(answer, 'CURRENCY');
  return text !== undefined && /^[A-Za-z]{3}$/.test(text) ? text : undefined;
}
