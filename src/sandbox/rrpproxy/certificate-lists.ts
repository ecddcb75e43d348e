/** QueryCertificateList and QueryCertificateOrderList of API 2. */
import { dateTime } from './answers.ts';
import { findClass } from './classes.ts';
import type { Command, CommandContext } from './command.ts';
import { listAnswer, matches, matchesDate, ordered } from './lists.ts';
import type { Parameters } from './parameters.ts';
import { followsTables } from './wire.ts';
import { certificateStatus, orderOf, orderStatus } from './world.ts';
import type { Certificate, CertificateOrder } from './world.ts';

/** Class patterns are given in any of the spellings. */
function matchesClass(parameters: Parameters, id: string): boolean {
  const pattern = parameters.text('class');
  return pattern === undefined || findClass(pattern)?.id === id || matches(pattern, id);
}

type Column<T> = readonly [name: string, of: (row: T) => string];

const seconds = (date: Date): string => dateTime(date, 'seconds');

const expiration = ({ issued }: Certificate): string =>
  issued === undefined ? '' : seconds(issued.notAfter);

function isWanted(
  { world, account }: CommandContext,
  parameters: Parameters,
  certificate: Certificate,
): boolean {
  const wanted = parameters.text('status');
  const status = certificateStatus(certificate, world.clock.now());
  const tags = parameters.list('servicetag');
  return (
    (wanted === undefined
      ? status !== 'canceled' || world.options.listsCanceled
      : matches(wanted.replace(/^cancelled$/i, 'canceled'), status)) &&
    matches(parameters.text('certificate'), certificate.id) &&
    matches(parameters.text('certificateorder'), certificate.orderId) &&
    matchesDate(parameters.text('createddate'), seconds(certificate.createdAt)) &&
    matchesDate(parameters.text('updateddate'), seconds(certificate.updatedAt)) &&
    matchesDate(parameters.text('expirationdate'), expiration(certificate)) &&
    matches(parameters.text('servertype'), certificate.serverType) &&
    matchesClass(parameters, orderOf(account, certificate).cls.id) &&
    (parameters.text('domain') === undefined ||
      certificate.names.some((name) => matches(parameters.text('domain'), name))) &&
    (tags.length === 0 || certificate.serviceTags.some((tag) => tags.includes(tag)))
  );
}

/** Canceled certificates are listed only when a status was asked for. */
export const queryCertificateList: Command = (context, parameters) => {
  const { world, account } = context;
  const now = world.clock.now();
  const found = [...account.certificates.values()].filter((each) => isWanted(context, parameters, each));
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
  const asTable = followsTables(world.options.names);
  const wide: readonly Column<Certificate>[] = [
    ['status', (certificate) => certificateStatus(certificate, now)],
    ['certificateorder', ({ orderId }) => orderId],
    [asTable ? 'servertype' : 'server type', ({ serverType }) => serverType],
    ['created date', ({ createdAt }) => seconds(createdAt)],
    ['updated date', ({ updatedAt }) => seconds(updatedAt)],
    ['expiration date', expiration],
    ['class', (certificate) => orderOf(account, certificate).cls.id.toUpperCase()],
    ...(asTable ? TABLE_COLUMNS : []),
  ];
  const columns: readonly Column<Certificate>[] = [
    ['certificate', ({ id }) => id],
    ...(parameters.flag('wide') ? wide : []),
    ...(parameters.flag('includesub') ? [['registrar', () => account.login] as const] : []),
  ];
  return listAnswer(context, parameters, {
    command: 'QueryCertificateList',
    columns: columns.map(([name]) => name),
    rows: sorted.map((certificate) => columns.map(([, of]) => of(certificate))),
  });
};

/** In the command table, in no example. A certificate has no owner, admin or billing contact in API 2. */
const TABLE_COLUMNS: readonly Column<Certificate>[] = [
  ['domain', ({ names }) => names[0] ?? ''],
  ['webservertype', ({ serverType }) => serverType],
  ['owner contact', () => ''],
  ['admin contact', () => ''],
  ['tech contact', ({ techContacts }) => techContacts[0] ?? ''],
  ['billing contact', () => ''],
  ['approveremail', ({ validations }) => validations[0]?.email ?? ''],
];

export const queryCertificateOrderList: Command = (context, parameters) => {
  const { world, account } = context;
  const now = world.clock.now();
  const found = [...account.orders.values()].filter(
    (order) =>
      matches(parameters.text('certificateorder'), order.id) &&
      matchesDate(parameters.text('paiduntil'), seconds(order.paidUntil)) &&
      matches(parameters.text('status'), orderStatus(account, order, now)) &&
      matchesClass(parameters, order.cls.id) &&
      matchesDate(parameters.text('createddate'), seconds(order.createdAt)) &&
      matchesDate(parameters.text('updateddate'), seconds(order.updatedAt)),
  );
  const sorted = ordered<CertificateOrder>(found, parameters, {
    certificateorder: ({ id }) => id,
    paiduntil: ({ paidUntil }) => dateTime(paidUntil),
    status: (order) => orderStatus(account, order, now),
    class: ({ cls }) => cls.id,
    createddate: ({ createdAt }) => dateTime(createdAt),
    updateddate: ({ updatedAt }) => dateTime(updatedAt),
  });
  const wide: readonly Column<CertificateOrder>[] = [
    [followsTables(world.options.names) ? 'paiduntil' : 'paid until', ({ paidUntil }) => seconds(paidUntil)],
    ['status', (order) => orderStatus(account, order, now)],
    ['class', ({ cls }) => cls.id.toUpperCase()],
    ['created date', ({ createdAt }) => seconds(createdAt)],
    ['updated date', ({ updatedAt }) => seconds(updatedAt)],
  ];
  const columns: readonly Column<CertificateOrder>[] = [
    ['certificateorder', ({ id }) => id],
    ...(parameters.flag('wide') ? wide : []),
    ...(parameters.flag('includesub') ? [['registrar', () => account.login] as const] : []),
  ];
  return listAnswer(context, parameters, {
    command: 'QueryCertificateOrderList',
    columns: columns.map(([name]) => name),
    rows: sorted.map((order) => columns.map(([, of]) => of(order))),
  });
};
