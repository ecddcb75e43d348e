/**
 * Answers of API 1 about an order and one sub-certificate in it, as typed data. Property names: the tables of [R1] and
 * of the Reference Manual (8.1.7), the samples of the knowledge base.
 */
import { column, joinedLines, single, type Answer } from '../../vendors/command-text/wire.ts';
import { bounded } from '../../vendors/common/text.ts';
import {
  hostNames,
  identifier,
  isId,
  parseDate,
  protocol,
  unambiguous,
  type Column,
} from '../../vendors/command-text/fields.ts';
import type { CertificateTexts } from '../../vendors/rrpproxy/issued.ts';

export interface SubRow {
  readonly id: string;
  readonly statusWord: string | undefined;
  readonly createdAt: Date | undefined;
}

export interface CertificateAnswer extends CertificateTexts {
  readonly orderId: string | undefined;
  /** The sub that everything else here is about. */
  readonly subId: string | undefined;
  readonly statusWord: string | undefined;
  readonly createdAt: Date | undefined;
  /** The subs of the order, as far as the answer lists them. */
  readonly subs: readonly SubRow[];
  /** Lower case, those of the order and of its CSR. */
  readonly names: readonly string[];
  readonly authMethod: string | undefined;
  readonly records: Column;
  readonly fileNames: Column;
  readonly fileContents: Column;
  readonly approvers: Column;
  /** End of the order's term: subs of a reissue end with it. */
  readonly expiresAt: Date | undefined;
  readonly message: string | undefined;
  readonly migratedTo: readonly string[];
}

/** `wanted`: the sub that was asked for. Throws `provider-protocol` when the answer is about another one. */
export function readCertificate(answer: Answer, wanted?: string): CertificateAnswer {
  const subs = readSubs(answer);
  const named = namedSub(answer, subs, wanted);
  if (wanted !== undefined && named !== undefined && named !== wanted) {
    throw protocol(`it is about ${named}, not about ${wanted}`);
  }
  const subId = named ?? subs.find(({ id }) => id === wanted)?.id;
  const own = subs.find(({ id }) => id === subId);
  const intermediate = joinedLines(answer, 'INTERMEDIATECRT', 'INTERMEDIATE');
  const root = joinedLines(answer, 'ROOTCRT', 'ROOT');
  const message = single(answer, 'AUTHMESSAGE');
  return {
    orderId: identifier(answer, 'CERTIFICATE'),
    subId,
    statusWord: subStatus(answer, own),
    createdAt: own?.createdAt ?? parseDate(single(answer, 'CREATEDDATE')),
    subs,
    names: hostNames([
      ...column(answer, 'DOMAIN'),
      ...column(answer, 'CSRSAN'),
      single(answer, 'CSRCOMMONNAME'),
    ]),
    authMethod: single(answer, 'AUTHMETHOD')?.toUpperCase(),
    records: column(answer, 'DNSAUTHNAME', 'DNAUTHNAME', 'DNSRR'),
    fileNames: column(answer, 'FILEAUTHNAME', 'FILENAME'),
    fileContents: column(answer, 'FILEAUTHCONTENTS', 'FILECONTENTS'),
    approvers: column(answer, 'APPROVEREMAIL', 'REISSUEEMAIL', 'DCVEMAIL'),
    csr: joinedLines(answer, 'CSR'),
    certificate: joinedLines(answer, 'CRT', 'CERT'),
    chain: intermediate === undefined ? root : intermediate + (root ?? ''),
    expiresAt: parseDate(single(answer, 'CERTIFICATEEXPIRATIONDATE', 'EXPIRATIONDATE')),
    message: message === undefined ? undefined : bounded(message),
    migratedTo: column(answer, 'MIGRATEDTOCERTIFICATE').flatMap((id) =>
      id !== undefined && isId(id) ? [id] : [],
    ),
  };
}

/** "sub id" names the one the answer is about; where it lists several, only asking for one tells. */
function namedSub(answer: Answer, subs: readonly SubRow[], wanted: string | undefined): string | undefined {
  const said = new Set(column(answer, 'SUBID').filter((id) => id !== undefined));
  const candidates = said.size > 0 ? [...said] : subs.map(({ id }) => id);
  const [only] = candidates;
  const named = candidates.length === 1 ? only : candidates.find((id) => id === wanted);
  if (named !== undefined && !isId(named)) throw protocol('the value of "sub id" is not an id');
  return named;
}

/** "Subs available in this certificate order", with states and dates where these columns are as long. */
function readSubs(answer: Answer): SubRow[] {
  const listed = column(answer, 'SUB');
  const ids = listed.length > 0 ? listed : column(answer, 'SUBID');
  const statuses = parallel(column(answer, 'SUBSTATUS'), ids);
  const dates = parallel(column(answer, 'SUBCREATEDDATE'), ids);
  const rows = ids.flatMap((id, index) => {
    if (id === undefined || !isId(id)) return [];
    const status = statuses[index];
    return [
      {
        id,
        statusWord: status === undefined ? undefined : bounded(status, 100),
        createdAt: parseDate(dates[index]),
      },
    ];
  });
  return rows.filter((row, index) => rows.findIndex(({ id }) => id === row.id) === index);
}

function parallel(values: Column, ids: Column): Column {
  return values.length === ids.length ? values : [];
}

/** The state in the sub's row; a single state is that of the sub the answer is about; else the order's. */
function subStatus(answer: Answer, own: SubRow | undefined): string | undefined {
  if (own?.statusWord !== undefined) return own.statusWord;
  const words = column(answer, 'SUBSTATUS').filter((word) => word !== undefined);
  if (words.length === 1) return bounded(words[0] ?? '', 100);
  return words.length === 0 ? unambiguous(answer, 'STATUS') : undefined;
}
