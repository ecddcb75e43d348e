/** Which parameters each command takes. Anything else is refused with 503, a missing mandatory one with 504. */
import { Refusal } from './answers.ts';

export interface CommandSyntax {
  readonly command: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Numbered: the name without its number, and the highest number. */
  readonly numbered: Readonly<Record<string, number>>;
  /** Takes contact handles and plain contact data. */
  readonly contacts: boolean;
}

export const CONTACT_FIELDS = [
  'TITLE',
  'NAME',
  'FIRSTNAME',
  'MIDDLENAME',
  'LASTNAME',
  'ORGANIZATION',
  'STREET',
  'CITY',
  'STATE',
  'ZIP',
  'COUNTRY',
  'PHONE',
  'FAX',
  'EMAIL',
] as const;

const CONTACT = new RegExp(
  `^(OWNERCONTACT[0-4]|(ADMIN|TECH|BILLING)CONTACT[0-2]|CSRCONTACT0)(${CONTACT_FIELDS.join('|')})?$`,
);

/** No page says where "0..N" ends. */
const LINES = 999;

const ORDERING = {
  CSR: LINES,
  PEM: LINES,
  DOMAIN: 250,
  VALIDATION: 250,
  VALIDATIONEMAIL: 250,
} as const;

const SOA = 'SOATTL SOAMNAME SOARNAME SOASERIAL SOAREFRESH SOARETRY SOAEXPIRE SOAMINTTL';
const DATES = (column: string): string => `MIN${column} MAX${column}`;

function syntax(
  command: string,
  required: string,
  optional = '',
  numbered: Readonly<Record<string, number>> = {},
  contacts = false,
): CommandSyntax {
  const split = (text: string): string[] => text.split(' ').filter((name) => name !== '');
  return { command, required: split(required), optional: split(optional), numbered, contacts };
}

const COMMANDS: readonly CommandSyntax[] = [
  syntax('StartSession', '', 'TYPE TIMEOUT MAXTTL'),
  syntax('EndSession', ''),
  syntax('StatusUser', '', 'SUBUSER STATS RELATIONS PROPERTIES'),
  syntax(
    'CreateSSLCert',
    'SSLCERTCLASS',
    'ORDER ORDERID SSLCERTDOMAIN PERIOD KEYLENGTH INTERNALDNS SERVERSOFTWARE',
    { ...ORDERING, ALTERNATECN: 250 },
    true,
  ),
  syntax(
    'RenewSSLCert',
    'SSLCERTID',
    'ORDER ORDERID PERIOD KEYLENGTH INTERNALDNS SERVERSOFTWARE CREATECSR CREATEPRIVATEKEY',
    ORDERING,
    true,
  ),
  syntax(
    'ReissueSSLCert',
    'SSLCERTID',
    'EMAIL KEYLENGTH INTERNALDNS CREATEPRIVATEKEY',
    { ...ORDERING, ALTERNATECN: 250 },
    true,
  ),
  syntax('RevokeSSLCert', 'SSLCERTID', 'REASON'),
  syntax('StatusSSLCert', 'SSLCERTID'),
  syntax('ParseSSLCertCSR', '', '', { CSR: LINES }),
  syntax('ResendSSLCertEmail', 'SSLCERTID', 'RESENDEMAILTYPE EMAIL'),
  syntax('QuerySSLCertDCVEMailAddressList', '', 'SSLCERTCLASS SSLCERTID DOMAIN', { CSR: LINES }),
  syntax(
    'QuerySSLCertList',
    '',
    `WIDE ORDERBY FIRST LIMIT USERDEPTH SSLCERTCLASS SSLCERTID STATUS SSLCERTCN ${DATES('CREATEDDATE')} ` +
      `${DATES('UPDATEDDATE')} ${DATES('EXPIRATIONDATE')}`,
  ),
  syntax('QueryOrderList', '', 'CLASS PAYMENTSTATUS USERDEPTH OPERATIONTYPE ORDERID FIRST LIMIT NOTOTAL', {
    OPERATIONTYPE: 99,
  }),
  syntax('ExecuteOrder', 'ORDERID'),
  syntax('DeleteOrder', 'ORDERID'),
  // MIN_DATE is what the page's own example sends.
  syntax('QueryEventList', '', 'WIDE FIRST LIMIT CLASS SUBCLASS MINDATE MAXDATE MIN_DATE MAX_DATE ORDERBY'),
  syntax('StatusEvent', 'EVENT'),
  syntax('DeleteEvent', 'EVENT'),
  syntax(
    'QueryDNSZoneList',
    '',
    `WIDE ORDERBY FIRST LIMIT NOTOTAL USERDEPTH DNSZONE SUBCLASS SOAMNAME STATUS PROPERTIES ${DATES('CREATEDDATE')} ` +
      `${DATES('UPDATEDDATE')} ${DATES('EXPIRATIONDATE')}`,
  ),
  syntax('StatusDNSZone', 'DNSZONE', 'EXTENDED'),
  syntax('QueryDNSZoneRRList', 'DNSZONE', 'RR RRTYPE EXTENDED SHORT'),
  syntax(
    'UpdateDNSZone',
    'DNSZONE',
    `${SOA} INCSERIAL STATUS EXTENDED ZONEMODE SLAVEMASTER RESOLVETTLCONFLICTS DNSSEC-MODE X-SMTP-MX X-HTTP-A`,
    { RR: LINES, ADDRR: LINES, DELRR: LINES },
  ),
  syntax('CreateDNSZone', 'DNSZONE', `${SOA} EXTENDED ZONEMODE SLAVEMASTER EXTERNAL`, { RR: LINES }),
  syntax('DeleteDNSZone', 'DNSZONE'),
];

const BY_NAME: ReadonlyMap<string, CommandSyntax> = new Map(
  COMMANDS.map((each) => [each.command.toLowerCase(), each]),
);

/** Command names are case-insensitive. */
export const findSyntax = (command: string): CommandSyntax | undefined => BY_NAME.get(command.toLowerCase());

export function checkSyntax(
  known: CommandSyntax,
  given: ReadonlyMap<string, string>,
  unknownParameters: 'refuse' | 'ignore',
): void {
  const unknown = [...given.keys()].filter((name) => !isKnown(known, name));
  if (unknown.length > 0 && unknownParameters === 'refuse') throw new Refusal(503, unknown.join('/'));
  for (const name of known.required) if (!given.has(name)) throw new Refusal(504, name);
}

function isKnown(known: CommandSyntax, name: string): boolean {
  if (known.required.includes(name) || known.optional.includes(name)) return true;
  if (known.contacts && CONTACT.test(name)) return true;
  const match = /^([A-Z]+)(\d{1,3})$/.exec(name);
  const stem = match?.[1] ?? '';
  const last = Object.hasOwn(known.numbered, stem) ? known.numbered[stem] : undefined;
  return last !== undefined && Number(match?.[2]) <= last;
}
