/** One certificate as the order commands and StatusSSLCert print it. */
import { pemLines } from '../vendor-kit/pem.ts';
import { dateTime, value, values } from './answers.ts';
import type { Property } from './answers.ts';
import type { CommandContext } from './command.ts';
import { contactProperties, defaultContactProperties } from './contacts.ts';
import { expirationOf, statusOf } from './world.ts';
import type { SslCertificate, World } from './world.ts';

/** `ordered`: in the answer to the order itself, before anything has been transmitted. */
export function certificateProperties(
  { world, account }: CommandContext,
  certificate: SslCertificate,
  ordered: boolean,
): Property[] {
  const { submission } = certificate;
  const { csr, key } = submission;
  const commonName = submission.names[0] ?? '';
  return [
    ...contactProperties(certificate.contacts),
    ...defaultContactProperties(certificate.contacts),
    ...values('ALTERNATECN', submission.names.slice(1)),
    ...value('CN', commonName),
    ...value('CREATEDBY', 'SYSTEM'),
    ...value('CREATEDDATE', dateTime(certificate.createdAt)),
    ...values('CSR', pemLines(submission.csrPem)),
    ...(csr.subject['O'] === undefined ? [] : value('CSRORGANIZATION', csr.subject['O'])),
    ...value('DELETIONHOLDPERIOD', ''),
    ...value('DELETIONRESTORABLEPERIOD', ''),
    ...value('DOMAINCOUNT', String(submission.names.length)),
    ...value('EXPIRATIONDATE', dateTime(expirationOf(certificate))),
    ...value('INTERNALDNS', submission.internalDns ? '1' : '0'),
    ...(key === undefined
      ? []
      : [...value('KEYLENGTH', String(key.bits)), ...values('PEM', pemLines(key.pem))]),
    ...value('ORDERDATA', certificate.id),
    ...value('ORDERREFERENCE', certificate.orderReference),
    ...value('PEERUSER', ''),
    ...value('REGISTRAR', 'SYSTEM'),
    ...value('REGISTRATIONEXPIRATIONDATE', dateTime(registrationExpiration(world, certificate))),
    ...value('REGISTRATIONGRACEPERIOD', '0'),
    ...value('RENEWALACCOUNTINGPERIOD', '-7d'),
    ...value('RENEWALFAILUREPERIOD', '-3d'),
    ...value('RENEWALFINALIZATIONPERIOD', '-3d'),
    ...value('REVISION', ''),
    ...(certificate.serverSoftware === undefined ? [] : value('SERVERSOFTWARE', certificate.serverSoftware)),
    ...value('SLOTTYPE', ''),
    ...value('SSLCERTCLASS', certificate.cls.id),
    ...value('SSLCERTCN', commonName),
    ...value('SSLCERTDOMAIN', commonName),
    ...value('SSLCERTID', certificate.id),
    ...value('STATUS', statusOf(world, certificate, ordered)),
    ...value('STATUSDETAILS', certificate.details),
    ...value('UPDATEDBY', 'SYSTEM'),
    ...value('UPDATEDDATE', dateTime(certificate.updatedAt)),
    ...value('USER', account.name),
    ...validationProperties(world, certificate, ordered),
  ];
}

function registrationExpiration(world: World, certificate: SslCertificate): Date {
  return world.options.registrationExpiration === 'paid-until'
    ? certificate.paidUntil
    : expirationOf(certificate);
}

/** Names and their DCV data; what does not belong to a name's method is empty. */
export function validationProperties(
  world: World,
  certificate: SslCertificate,
  ordered: boolean,
): Property[] {
  const { names, validations, caOrderId } = certificate.submission;
  const late = world.options.dcvData === 'after-transmission';
  const known = !late || (!ordered && caOrderId !== undefined);
  const data = (pick: (validation: (typeof validations)[number]) => string | undefined): string[] =>
    validations.map((validation) => (known ? (pick(validation) ?? '') : ''));
  return [
    ...values('DOMAIN', names),
    ...values(
      'VALIDATION',
      validations.map(({ method }) => method),
    ),
    ...values(
      'VALIDATIONDNSRR',
      data(({ dnsRecord }) => dnsRecord),
    ),
    ...values(
      'VALIDATIONEMAIL',
      data(({ email, method }) => (method === 'EMAIL' ? email : undefined)),
    ),
    ...values(
      'VALIDATIONURL',
      data(({ url }) => url),
    ),
    ...values(
      'VALIDATIONURLCONTENT',
      data(({ urlContent }) => urlContent),
    ),
  ];
}

/** The issued certificate, line by line; while a reissue is on its way, the one before it. */
export function issuedProperties(world: World, certificate: SslCertificate): Property[] {
  const { issued } = certificate;
  if (issued === undefined) return [];
  const chain = {
    'with-root': [issued.intermediatePem, issued.rootPem],
    'without-root': [issued.intermediatePem],
    'root-first': [issued.rootPem, issued.intermediatePem],
  }[world.options.caCertificates];
  return [...values('CACRT', chain.flatMap(pemLines)), ...values('CRT', pemLines(issued.leafPem))];
}
