/** Reading certificates and orders: StatusCertificate, StatusCertificateOrder and the two lists. */
import { dateTime, listAnswer, Refusal, success, value, values } from './answers.ts';
import type { Row } from './answers.ts';
import { findClass } from './classes.ts';
import type { Command, CommandContext } from './command.ts';
import { listPage, matches, matchesDate, ordered } from './lists.ts';
import { certificateProperties } from './properties.ts';
import type { Parameters } from './syntax.ts';
import { planValidation } from './validation.ts';
import { certificateStatus, orderOf, orderStatus } from './world.ts';
import type { Certificate, CertificateOrder } from './world.ts';

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

/** Class patterns are given in any of the spellings. */
function matchesClass(parameters: Parameters, id: string): boolean {
  const pattern = parameters.text('class');
  return pattern === undefined || findClass(pattern)?.id === id || matches(pattern, id);
}

/** Canceled certificates are listed only when a status was asked for. */
export const queryCertificateList: Command = ({ world, account }, parameters) => {
  const now = world.clock.now();
  const expiration = (certificate: Certificate): string =>
    certificate.issued === undefined ? '' : dateTime(certificate.issued.notAfter, 'seconds');
  const tags = parameters.list('servicetag');
  const found = [...account.certificates.values()].filter((certificate) => {
    const status = certificateStatus(certificate, now);
    const pattern = parameters.text('status');
    const { cls } = orderOf(account, certificate);
    return (
      (pattern === undefined
        ? status !== 'canceled'
        : matches(pattern.replace(/^cancelled$/i, 'canceled'), status)) &&
      matches(parameters.text('certificate'), certificate.id) &&
      matches(parameters.text('certificateorder'), certificate.orderId) &&
      matchesDate(parameters.text('createddate'), dateTime(certificate.createdAt, 'seconds')) &&
      matchesDate(parameters.text('updateddate'), dateTime(certificate.updatedAt, 'seconds')) &&
      matchesDate(parameters.text('expirationdate'), expiration(certificate)) &&
      matches(parameters.text('servertype'), certificate.serverType) &&
      matchesClass(parameters, cls.id) &&
      (parameters.text('domain') === undefined ||
        certificate.names.some((name) => matches(parameters.text('domain'), name))) &&
      (tags.length === 0 || certificate.serviceTags.some((tag) => tags.includes(tag)))
    );
  });
  const sorted = ordered(found, parameters, {
    certificate: ({ id }) => id,
    status: (certificate) => certificateStatus(certificate, now),
    certificateorder: ({ orderId }) => orderId,
    servertype: ({ serverType }) => serverType,
    createddate: ({ createdAt }) => dateTime(createdAt),
    updateddate: ({ updatedAt }) => dateTime(updatedAt),
    expirationdate: expiration,
    class: (certificate) => orderOf(account, certificate).cls.id,
  });
  const wide = parameters.flag('wide');
  const rows = sorted.map((certificate): Row => [
    ['certificate', certificate.id],
    ...(wide
      ? ([
          ['status', certificateStatus(certificate, now)],
          ['certificateorder', certificate.orderId],
          ['server type', certificate.serverType],
          ['created date', dateTime(certificate.createdAt, 'seconds')],
          ['updated date', dateTime(certificate.updatedAt, 'seconds')],
          ['expiration date', expiration(certificate)],
          ['class', orderOf(account, certificate).cls.id.toUpperCase()],
        ] as const)
      : []),
    ...(parameters.flag('includesub') ? ([['registrar', account.login]] as const) : []),
  ]);
  return listAnswer(rows, listPage(parameters));
};

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

export const queryCertificateOrderList: Command = ({ world, account }, parameters) => {
  const now = world.clock.now();
  const found = [...account.orders.values()].filter(
    (order) =>
      matches(parameters.text('certificateorder'), order.id) &&
      matchesDate(parameters.text('paiduntil'), dateTime(order.paidUntil, 'seconds')) &&
      matches(parameters.text('status'), orderStatus(account, order, now)) &&
      matchesClass(parameters, order.cls.id) &&
      matchesDate(parameters.text('createddate'), dateTime(order.createdAt, 'seconds')) &&
      matchesDate(parameters.text('updateddate'), dateTime(order.updatedAt, 'seconds')),
  );
  const sorted = ordered<CertificateOrder>(found, parameters, {
    certificateorder: ({ id }) => id,
    paiduntil: ({ paidUntil }) => dateTime(paidUntil),
    status: (order) => orderStatus(account, order, now),
    class: ({ cls }) => cls.id,
    createddate: ({ createdAt }) => dateTime(createdAt),
    updateddate: ({ updatedAt }) => dateTime(updatedAt),
  });
  const wide = parameters.flag('wide');
  const rows = sorted.map((order): Row => [
    ['certificateorder', order.id],
    ...(wide
      ? ([
          ['paid until', dateTime(order.paidUntil, 'seconds')],
          ['status', orderStatus(account, order, now)],
          ['class', order.cls.id.toUpperCase()],
          ['created date', dateTime(order.createdAt, 'seconds')],
          ['updated date', dateTime(order.updatedAt, 'seconds')],
        ] as const)
      : []),
  ]);
  return listAnswer(rows, listPage(parameters));
};
