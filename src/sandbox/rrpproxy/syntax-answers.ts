/** Which properties the certificate commands of API 2 answer with, as QueryCommandSyntax tells it. */

const CERTIFICATE =
  'ca|ca certificate id|ca order id|cert|certificate|class|class name|created by|created date|csr|dcv domain|' +
  'dcv email|dcv method|dcv scope|dns rr|domain|evapprovercontact|expiration date|file contents|file name|' +
  'intermediate|order|order paid until|organizationcontact|root|server type|status|techcontact|updated by|updated date';

const LIST = 'column|count|first|last|limit|total';

const CONTACT =
  'type|job title|first name|last name|organization name|organization dba|organization street|organization city|' +
  'organization state|organization zip|organization country|organization phone|organization email|phone|email|' +
  'created date|updated date';

const SUBJECT = 'commonname|country|emailaddress|location|organization|organizational unit|state';

const prefixed = (prefix: string): string =>
  SUBJECT.split('|')
    .map((part) => `${prefix} ${part}`)
    .join('|');

const PROPERTIES: readonly (readonly [command: string, properties: string])[] = [
  [
    'CheckCertificate',
    'crt authority key identifier|crt commonname|crt extended key usage|crt issuer|crt key usage|crt key usage type|' +
      'crt public key algorithm|crt public key size|crt san|crt serial|crt signature algorithm|crt subject|' +
      'crt validity not after|crt validity not before|crt version|csr commonname|csr key usage|' +
      'csr public key algorithm|csr public key size|csr san|csr signature algorithm|csr subject|dcv email|dcv token|' +
      `domain|${prefixed('crt issuer')}|${prefixed('crt subject')}|${prefixed('csr subject')}`,
  ],
  ['AddCertificate', `${CERTIFICATE}|billingcount|billingtype|currency|price|vat`],
  ['RenewCertificate', `${CERTIFICATE}|billingcount|billingtype|currency|parent certificate|price|vat`],
  ['ReissueCertificate', `${CERTIFICATE}|parent certificate|price`],
  ['StatusCertificate', `${CERTIFICATE}|parent certificate`],
  [
    'QueryCertificateList',
    `certificate|status|certificateorder|server type|created date|updated date|expiration date|class|registrar|${LIST}`,
  ],
  [
    'StatusCertificateOrder',
    'ca|certificate|certificate expiration date|certificate status|certificateorder|class|created by|created date|' +
      'paid until|status|updated by|updated date',
  ],
  ['QueryCertificateOrderList', `certificateorder|paid until|status|class|created date|updated date|${LIST}`],
  ['AddCertificateContact', 'certificatecontact|status'],
  [
    'StatusCertificateContact',
    `certificatecontact|${CONTACT}|organization category|created by|updated by|registrar|status`,
  ],
  ['QueryCertificateContactList', `certificatecontact|${CONTACT}|${LIST}`],
  [
    'GetCertificateInfo',
    'algorithms|brand|class|dcv dns cname|dcv dns txt|dcv email|dcv http|dcv https|dcv languages|evapprovercontact|' +
      'included domains with base|included nonwildcard domains with base|included wildcard domains with base|' +
      'max domains|max domains including alternatives|max free alternatives|max nonwildcard domains|' +
      'max wildcard domains|name|organizationcontact|periods|prefix|refund on cancel|root certificates|server type|' +
      'supplier|supports immediate issuance|techcontact|type|wildcard',
  ],
];

/** Empty for commands that answer with a code alone. */
export function answerProperties(command: string): string[] {
  const found = PROPERTIES.find(([name]) => name.toLowerCase() === command.toLowerCase());
  return found === undefined ? [] : found[1].split('|');
}
