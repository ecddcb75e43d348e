/** StatusCertificate and StatusCertificateOrder of API 2. */
import { dateTime, Refusal, success, value, values } from './answers.ts';
import type { Command, CommandContext } from './command.ts';
import { certificateProperties } from './properties.ts';
import { planValidation } from './validation.ts';
import { certificateStatus, orderOf, orderStatus } from './world.ts';
import type { Certificate } from './world.ts';

const CHAIN_FORMATS = ['pem', 'pem_reverse', 'zip', 'zip_reverse', 'zip_noroot', 'p7b'] as const;

export const statusCertificate: Command = (context, parameters) => {
  const { world, account } = context;
  const id = parameters.required('certificate').toUpperCase();
  const certificate = account.certificates.get(id);
  if (certificate === undefined) throw new Refusal(545, id);
  const format = parameters.word('chainformat', CHAIN_FORMATS) ?? 'pem';
  if (format !== 'pem' && format !== 'pem_reverse') throw new Refusal(549, `${format} is not simulated`);
  if (
    world.options.dcvDataChangesAfterOrder &&
    certificate.status === 'processing' &&
    !certificate.statusRead
  ) {
    drawNewValidation(context, certificate);
  }
  certificate.statusRead = true;
  const properties = certificateProperties(world, account, certificate);
  if (certificate.parentId !== undefined && world.options.statusShowsParent) {
    properties.push(...value('parent certificate', certificate.parentId));
  }
  if (format === 'pem') return success(properties);
  const swapped = new Map([
    ['intermediate', 'root'],
    ['root', 'intermediate'],
  ]);
  return success(
    properties.map((property) => ({ ...property, name: swapped.get(property.name) ?? property.name })),
  );
};

/** The CA forgets what it asked for and asks for something else. */
function drawNewValidation({ world, account }: CommandContext, certificate: Certificate): void {
  const order = orderOf(account, certificate);
  const emails = certificate.validations.flatMap(({ email }, index): [number, string][] =>
    email === undefined ? [] : [[index, email]],
  );
  certificate.validations = planValidation(
    {
      cls: order.cls,
      csrPem: certificate.csrPem,
      names: certificate.names,
      asked: certificate.names,
      method: certificate.dcvMethod,
      scope: certificate.dcvScope,
      emails: new Map(emails),
      dcvDomains: certificate.validations.map(({ dcvDomain }) => dcvDomain),
      token: undefined,
    },
    world.random,
    world.options,
  );
  world.ca.cancel(certificate.caOrderId);
  certificate.caOrderId = world.ca.submit({
    csrPem: certificate.csrPem,
    names: certificate.names,
    requirements: certificate.validations.map(({ requirement }) => requirement),
    notAfterAtMost: order.paidUntil,
  }).id;
}

export const statusCertificateOrder: Command = ({ world, account }, parameters) => {
  const id = parameters.required('certificateorder').toUpperCase();
  const order = account.orders.get(id);
  if (order === undefined) throw new Refusal(545, id);
  const now = world.clock.now();
  const certificates = order.certificateIds.flatMap((each) => account.certificates.get(each) ?? []);
  const expirations = values(
    'certificate expiration date',
    certificates.map(({ issued }) => (issued === undefined ? '' : dateTime(issued.notAfter))),
  );
  return success([
    ...value('ca', order.cls.ca),
    ...values('certificate', order.certificateIds),
    ...value('certificateorder', order.id),
    ...(world.options.duplicatedIndex
      ? expirations.map((property) => ({ ...property, index: 0 }))
      : expirations),
    ...values(
      'certificate status',
      certificates.map((certificate) => certificateStatus(certificate, now)),
    ),
    ...value('class', order.cls.marketedName),
    ...value('created by', account.login),
    ...value('created date', dateTime(order.createdAt)),
    ...value('paid until', dateTime(order.paidUntil)),
    ...value('status', orderStatus(account, order, now)),
    ...value('updated by', account.login),
    ...value('updated date', dateTime(order.updatedAt)),
  ]);
};
