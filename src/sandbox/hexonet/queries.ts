/** StatusSSLCert, QuerySSLCertList, ParseSSLCertCSR, QuerySSLCertDCVEMailAddressList: looking without touching. */
import { APPROVER_MAILBOXES, baseDomain, normaliseName, withoutWildcard } from '../vendor-kit/names.ts';
import { dateTime, listAnswer, Refusal, success, value, values } from './answers.ts';
import type { Row } from './answers.ts';
import { certificateProperties, issuedProperties } from './certificate-properties.ts';
import { findClass } from './classes.ts';
import type { Command, CommandContext } from './command.ts';
import { whoisContact } from './contacts.ts';
import { matches } from './parameters.ts';
import type { Parameters } from './parameters.ts';
import { parseRequestLines } from './requests.ts';
import { planValidation } from './validation.ts';
import { expirationOf, statusOf, transmit } from './world.ts';
import type { SslCertificate, World } from './world.ts';

export function certificateBy({ account }: CommandContext, parameters: Parameters): SslCertificate {
  const id = parameters.required('SSLCERTID');
  const certificate = account.certificates.get(id);
  if (certificate === undefined) throw new Refusal(545, id);
  return certificate;
}

export const statusSslCert: Command = (context, parameters) => {
  const { world } = context;
  const certificate = certificateBy(context, parameters);
  const { submission } = certificate;
  if (world.options.dcvDataChangesAfterOrder && certificate.state === 'waiting' && !submission.statusRead) {
    changeDcvData(world, certificate);
  }
  submission.statusRead = true;
  const expired = certificate.state === 'active' && expirationOf(certificate) <= world.clock.now();
  const properties = certificateProperties(context, certificate, false).map((property) =>
    expired && property.name === 'STATUSDETAILS' ? { ...property, value: 'Expired' } : property,
  );
  return success([...properties, ...issuedProperties(world, certificate)]);
};

/** The CA asks for other evidence than it did at first. */
function changeDcvData(world: World, certificate: SslCertificate): void {
  const { submission } = certificate;
  const { caOrderId, csrPem } = submission;
  const wishes = submission.validations.map(({ name, method, email }) => ({ name, method, email }));
  // The other form hangs on the request alone and would not change.
  submission.validations = planValidation(certificate.cls, wishes, csrPem, 'document', world.random);
  if (caOrderId === undefined) return;
  world.ca.cancel(caOrderId);
  transmit(world, certificate);
}

const SORT_KEYS: Readonly<Record<string, (world: World, certificate: SslCertificate) => string>> = {
  CREATEDDATE: (_, { createdAt }) => dateTime(createdAt),
  EXPIRATIONDATE: (_, certificate) => dateTime(expirationOf(certificate)),
  SSLCERTCLASS: (_, { cls }) => cls.id,
  SSLCERTID: (_, { id }) => id,
  SSLCERTCN: (_, { submission }) => submission.names[0] ?? '',
  STATUS: statusOf,
  UPDATEDDATE: (_, { updatedAt }) => dateTime(updatedAt),
};

export const querySslCertList: Command = ({ world, account }, parameters) => {
  parameters.word('USERDEPTH', ['SELF', 'SUBUSER', 'ALL']);
  const created = parameters.range('CREATEDDATE');
  const updated = parameters.range('UPDATEDDATE');
  const expires = parameters.range('EXPIRATIONDATE');
  const found = [...account.certificates.values()].filter(
    (certificate) =>
      matches(parameters.text('SSLCERTCLASS'), certificate.cls.id) &&
      matches(parameters.text('SSLCERTID'), certificate.id) &&
      matches(parameters.text('STATUS'), statusOf(world, certificate)) &&
      matches(parameters.text('SSLCERTCN'), certificate.submission.names[0] ?? '') &&
      created(certificate.createdAt) &&
      updated(certificate.updatedAt) &&
      expires(expirationOf(certificate)),
  );
  const names = Object.keys(SORT_KEYS).flatMap((name) => [name, `${name}DESC`]);
  const order = parameters.word('ORDERBY', names) ?? 'CREATEDDATE';
  const key = SORT_KEYS[order.replace(/DESC$/, '')];
  const sign = order.endsWith('DESC') ? -1 : 1;
  // Sorting is stable: what is equal stays in the order it was bought.
  const sorted = found.toSorted((a, b) => {
    const [left, right] = [key?.(world, a) ?? '', key?.(world, b) ?? ''];
    return left === right ? 0 : left < right ? -sign : sign;
  });
  const wide = parameters.flag('WIDE') === true;
  const rows = sorted.map((certificate): Row => [
    ...(wide
      ? ([
          ['PARENTUSER', 'sandbox.parent'],
          ['PEERUSER', ''],
          ['SSLCERTCLASS', certificate.cls.id],
          ['SSLCERTCN', certificate.submission.names[0] ?? ''],
          ['SSLCERTCREATEDDATE', dateTime(certificate.createdAt)],
          ['SSLCERTEXPIRATIONDATE', dateTime(expirationOf(certificate))],
        ] as const)
      : []),
    ['SSLCERTID', certificate.id],
    ...(wide
      ? ([
          ['SSLCERTSTATUS', statusOf(world, certificate)],
          ['SSLCERTUPDATEDDATE', dateTime(certificate.updatedAt)],
          ['USER', account.name],
        ] as const)
      : []),
  ]);
  return listAnswer(rows, parameters.page(10_000));
};

/** Subject attributes as the page names them, and as the library does. */
const SUBJECT: readonly (readonly [string, readonly string[]])[] = [
  ['C', ['C']],
  ['CN', ['CN']],
  ['EMAILADDRESS', ['E', 'emailAddress', '1.2.840.113549.1.9.1']],
  ['L', ['L']],
  ['O', ['O']],
  ['ST', ['ST']],
  ['STREET', ['STREET', 'street', '2.5.4.9']],
];

export const parseSslCertCsr: Command = ({ world }, parameters) => {
  const request = parseRequestLines(world.ca, parameters);
  if (request === undefined) throw new Refusal(504, 'CSR0');
  if (!request.csr.signatureValid) throw new Refusal(549, 'the CSR is not signed by its own key');
  const { csr } = request;
  const subject = new Map(Object.entries(csr.subject));
  return success([
    ...values(
      'ALTERNATECN',
      csr.names.filter((name) => name !== csr.commonName.toLowerCase()),
    ),
    ...SUBJECT.flatMap(([name, spellings]) => {
      const text = spellings.map((spelling) => subject.get(spelling)).find((found) => found !== undefined);
      return text === undefined ? [] : value(name, text);
    }),
    ...value('CACRT', 'FALSE'),
    ...(csr.keyAlgorithm === 'RSA' ? value('RSAPUBLICKEYBITS', String(csr.keySize)) : []),
  ]);
};

export const querySslCertDcvEmailAddressList: Command = (context, parameters) => {
  const { world } = context;
  if (parameters.text('SSLCERTID') !== undefined) {
    const { validations } = certificateBy(context, parameters).submission;
    const addresses = validations.flatMap(({ method, email }) =>
      method === 'EMAIL' && email !== undefined ? [email] : [],
    );
    return success([
      ...values('EMAIL', addresses),
      ...values(
        'LEVEL',
        addresses.map(() => 'GENERIC'),
      ),
    ]);
  }
  if (findClass(parameters.required('SSLCERTCLASS')) === undefined) throw new Refusal(541, 'SSLCERTCLASS');
  const fromRequest = (): string | undefined => parseRequestLines(world.ca, parameters)?.csr.commonName;
  const given = parameters.text('DOMAIN') ?? fromRequest();
  if (given === undefined) throw new Refusal(504, 'DOMAIN');
  const name = normaliseName(given);
  if (name === undefined) throw new Refusal(505, 'DOMAIN');
  const domain = baseDomain(withoutWildcard(name));
  const whois = whoisContact(domain).EMAIL ?? '';
  const rows: [email: string, level: string][] = [
    // One address stands in WHOIS for two roles: duplicates occur.
    [whois, 'WHOIS'],
    [whois, 'WHOIS'],
    ...APPROVER_MAILBOXES.map((mailbox): [string, string] => [`${mailbox}@${domain}`, 'GENERIC']),
    ['support@supplier.invalid', 'MANUAL'],
  ];
  return success([
    ...values(
      'EMAIL',
      rows.map(([email]) => email),
    ),
    ...values(
      'LEVEL',
      rows.map(([, level]) => level),
    ),
  ]);
};
