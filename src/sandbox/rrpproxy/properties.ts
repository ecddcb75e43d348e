/** One certificate as the order commands and StatusCertificate print it. */
import { pemLines } from '../vendor-kit/pem.ts';
import { dateTime, value, values } from './answers.ts';
import { certificateTextProperties, requestProperties } from './decoded.ts';
import { dnsRecordText } from './validation.ts';
import { followsTables } from './wire.ts';
import type { Property } from './wire.ts';
import { certificateStatus, orderOf } from './world.ts';
import type { Account, Certificate, World } from './world.ts';

export function certificateProperties(world: World, account: Account, certificate: Certificate): Property[] {
  const now = world.clock.now();
  // A certificate not yet stored belongs to an order not yet stored either; both are complete.
  const order = orderOf(account, certificate);
  const { validations, issued } = certificate;
  const defined = (list: readonly (string | undefined)[]): string[] =>
    list.filter((text) => text !== undefined);
  return [
    ...value('ca', order.cls.ca),
    ...value('ca certificate id', certificate.caCertificateId),
    ...value('ca order id', order.caReference),
    ...(issued === undefined ? [] : values('cert', pemLines(issued.leafPem))),
    ...value('certificate', certificate.id),
    ...value('class', order.cls.id.toUpperCase()),
    ...value('class name', order.cls.marketedName),
    ...value('created by', account.login),
    ...value('created date', dateTime(certificate.createdAt)),
    ...values('csr', pemLines(certificate.csrPem)),
    ...values(
      'dcv domain',
      validations.map(({ dcvDomain }) => dcvDomain),
    ),
    ...values('dcv email', defined(validations.map(({ email }) => email))),
    ...values(
      'dcv method',
      validations.map(() => certificate.dcvMethod),
    ),
    ...values(
      'dcv scope',
      validations.map(({ scope }) => scope),
    ),
    ...(certificate.dcvMethod.startsWith('dns')
      ? values(
          'dns rr',
          validations.map((validation, index) => dnsRecordText(validation, index, world.options)),
        )
      : []),
    ...values('domain', certificate.names),
    ...(certificate.evApproverContact === undefined
      ? []
      : value('evapprovercontact', certificate.evApproverContact)),
    ...value('expiration date', issued === undefined ? '' : dateTime(issued.notAfter, 'seconds')),
    ...values('file contents', defined(validations.map(({ fileContents }) => fileContents))),
    ...values('file name', defined(validations.map(({ fileName }) => fileName))),
    ...(issued === undefined
      ? []
      : [
          ...values('intermediate', pemLines(issued.intermediatePem)),
          ...values('root', pemLines(issued.rootPem)),
        ]),
    ...value('order', order.id),
    ...value('order paid until', dateTime(order.paidUntil)),
    ...(certificate.organizationContact === undefined
      ? []
      : value('organizationcontact', certificate.organizationContact)),
    ...value('server type', certificate.serverType),
    ...value('status', certificateStatus(certificate, now)),
    ...values('techcontact', certificate.techContacts),
    ...value('updated by', account.login),
    ...value('updated date', dateTime(certificate.updatedAt)),
    ...(followsTables(world.options.names) ? decoded(certificate) : []),
  ];
}

/** The tables list what is inside the request and the certificate; no example shows it. */
function decoded({ csrPem, csr, issued }: Certificate): Property[] {
  return [
    ...requestProperties(csrPem, csr),
    ...(issued === undefined ? [] : certificateTextProperties(issued.leafPem)),
  ];
}
