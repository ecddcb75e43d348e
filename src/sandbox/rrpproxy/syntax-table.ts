/** Which parameters each command takes, by API. Tables of the manual and of the knowledge base put together. */

export interface CommandSyntax {
  readonly command: string;
  /** `any`: has nothing to do with the two certificate APIs. */
  readonly api: '1' | '2' | 'any';
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Name without number, and the highest number. */
  readonly indexed: ReadonlyMap<string, number>;
  /** API 1 takes no new orders and no renewals any more. */
  readonly closed?: true;
}

const CONTACT_FIELDS =
  'techjobtitle evapproverfirstname evapproverlastname evapproverphone evapproveremail evapproverjobtitle ' +
  'organizationname organizationdba organizationstreet organizationzip organizationcity organizationstate ' +
  'organizationcountry organizationphone organizationemail organizationcontact organizationohandle organizationphandle';

const CONTACT_INDEXED = {
  organizationcontact: 1,
  evapprovercontact: 1,
  techcontact: 1,
  techfirstname: 1,
  techlastname: 1,
  techphone: 1,
  techemail: 1,
};

const LIST = 'wide generatelist sendlistemail first limit order orderby includesub';
const SOA = 'soaexpire soaminttl soamname soarefresh soaretry soarname soattl soaserial signed premiumdnsset';
const CERTIFICATE_FILTERS =
  'certificate certificateorder createddate updateddate expirationdate status servertype class domain';

type Indexed = Readonly<Record<string, number>>;

function syntax(
  api: CommandSyntax['api'],
  command: string,
  required: string,
  optional = '',
  indexed: Indexed = {},
): CommandSyntax {
  const split = (text: string): string[] => text.split(' ').filter((name) => name !== '');
  return {
    command,
    api,
    required: split(required),
    // Clients send the version and the sub-account with everything.
    optional: [...split(optional), 'apiversion', 'subuser'],
    indexed: new Map(Object.entries(indexed)),
  };
}

const any = (command: string, required: string, optional = '', indexed: Indexed = {}): CommandSyntax =>
  syntax('any', command, required, optional, indexed);
const v1 = (command: string, required: string, optional = '', indexed: Indexed = {}): CommandSyntax =>
  syntax('1', command, required, optional, indexed);
const v2 = (command: string, required: string, optional = '', indexed: Indexed = {}): CommandSyntax =>
  syntax('2', command, required, optional, indexed);

const zone = (command: string, required: string, optional = '', indexed: Indexed = {}): CommandSyntax =>
  any(command, required, `${optional} cltrid`, indexed);

export const COMMAND_TABLE: readonly CommandSyntax[] = [
  any('StartSession', '', 'newpassword type timeout maxttl'),
  any('StopSession', ''),
  any('EndSession', ''),
  any('QueryEventList', '', `${LIST} class subclass history showall mindate maxdate`),
  any('StatusEvent', 'event', 'history'),
  any('DeleteEvent', 'event'),
  any('ResendNotification', 'type object', 'reason recipient sub'),
  any(
    'QueryCommandSyntax',
    'commandname',
    'parent type showonlyparent domain class ignorezone generatelist sendlistemail',
  ),

  v2('CheckCertificate', '', 'class generatedcvtoken', { csr: 256, crt: 256, domain: 250 }),
  v2(
    'AddCertificate',
    'class',
    `${CONTACT_FIELDS} dcvmethod dcvtoken dcvscope dcvlanguage servertype period checkonly noautofilldomains ` +
      'cacertificate algorithm',
    {
      csr: 256,
      domain: 250,
      dcvemail: 250,
      dcvdomain: 250,
      servicetag: 100,
      addservicetag: 100,
      ...CONTACT_INDEXED,
    },
  ),
  v2(
    'RenewCertificate',
    'certificate',
    `${CONTACT_FIELDS} dcvmethod dcvtoken dcvscope servertype period checkonly cacertificate algorithm`,
    { csr: 256, domain: 250, dcvemail: 250, ...CONTACT_INDEXED },
  ),
  v2('ReissueCertificate', 'certificate', 'dcvtoken dcvscope cacertificate algorithm', { csr: 256 }),
  v2('ModifyCertificate', 'certificate', '', { servicetag: 100, addservicetag: 100, delservicetag: 100 }),
  v2('DeleteCertificate', 'certificate', 'action'),
  v2('RevokeCertificate', 'certificate'),
  v2('StatusCertificate', 'certificate', 'chainformat'),
  v2('QueryCertificateList', '', `${LIST} ${CERTIFICATE_FILTERS}`, { servicetag: 100 }),
  v2('CancelCertificateOrder', 'certificateorder'),
  v2('RevokeCertificateOrder', 'certificateorder'),
  v2('StatusCertificateOrder', 'certificateorder'),
  v2(
    'QueryCertificateOrderList',
    '',
    `${LIST} certificateorder paiduntil status class createddate updateddate`,
  ),
  v2(
    'AddCertificateContact',
    'type',
    'phandle ohandle firstname lastname phone email jobtitle organizationname organizationdba organizationstreet ' +
      'organizationzip organizationcity organizationstate organizationcountry organizationphone organizationemail',
  ),
  v2('StatusCertificateContact', 'certificatecontact'),
  v2(
    'QueryCertificateContactList',
    '',
    `${LIST} certificatecontact organization email type jobtitle firstname lastname phone organizationdba ` +
      'organizationstreet organizationcity organizationzip organizationstate organizationcountry organizationphone ' +
      'organizationcategory createddate updateddate',
  ),
  v2('GetCertificateInfo', '', 'class'),

  { ...v1('AddCertificate', ''), closed: true },
  { ...v1('RenewCertificate', ''), closed: true },
  v1('CheckCertificate', '', 'class', { csr: 256, crt: 256, domain: 250 }),
  v1('ReissueCertificate', 'certificate', 'sub reissueemail algorithm authmethod', {
    csr: 256,
    reissueemail: 24,
    domain: 24,
  }),
  v1('ModifyCertificate', 'certificate', 'sub approveremail authmethod migrate', { approveremail: 24 }),
  v1('DeleteCertificate', 'certificate', 'sub'),
  v1('StatusCertificate', 'certificate', 'sub wide'),
  v1('QueryCertificateList', '', `${LIST} ${CERTIFICATE_FILTERS}`, { servicetag: 100 }),
  v1('GetCertificateInfo', '', 'class'),

  zone('AddDNSZone', 'dnszone', SOA, { rr: 999, masteripaddress: 14 }),
  zone('CheckDNSZone', 'dnszone'),
  zone('StatusDNSZone', 'dnszone'),
  zone('GetDNSZone', 'domain'),
  zone('ModifyDNSZone', 'dnszone', SOA, {
    addrr: 999,
    delrr: 999,
    rr: 999,
    masteripaddress: 14,
    addmasteripaddress: 14,
    delmasteripaddress: 14,
    slaveipaddress: 14,
    addslaveipaddress: 14,
    delslaveipaddress: 14,
  }),
  zone(
    'QueryDNSZoneRRList',
    'dnszone',
    'name type content ttl prio first limit order orderby wide generatelist sendlistemail',
  ),
  zone('QueryDNSZoneList', '', 'dnszone first limit order orderby wide external generatelist sendlistemail'),
  zone('ExportDNSZone', 'dnszone'),
  zone('DeleteDNSZone', 'dnszone'),
];
