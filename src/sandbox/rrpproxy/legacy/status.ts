/** StatusCertificate and QueryCertificateList of API 1. */
import { pemLines } from '../../vendor-kit/pem.ts';
import { dateTime, success, value, values } from '../answers.ts';
import type { Command } from '../command.ts';
import { certificateTextProperties, requestProperties } from '../decoded.ts';
import { named } from '../events.ts';
import { listAnswer, matches, matchesDate, ordered } from '../lists.ts';
import type { Property } from '../wire.ts';
import type { World } from '../world.ts';
import { findLegacyClass } from './classes.ts';
import { legacyOrderBy, legacyOrderStatus, subBy, subStatus } from './model.ts';
import type { LegacyOrder, LegacySub } from './model.ts';

/** What the command table of the manual calls otherwise than CheckCertificate's examples. */
const OLD_NAMES: ReadonlyMap<string, string> = new Map([
  ['csr public key size', 'csr size'],
  ['crt public key size', 'crt size'],
  ['csr subject location', 'csr location'],
  ['csr subject state', 'csr state'],
  ['csr subject country', 'csr country'],
  ['csr subject organization', 'csr organization'],
  ['csr subject organizational unit', 'csr organizational unit'],
  ['csr subject emailaddress', 'csr emailaddress'],
]);

function decoded({ csrPem, csr, issued }: LegacySub): Property[] {
  return [
    ...requestProperties(csrPem, csr),
    ...(issued === undefined ? [] : certificateTextProperties(issued.leafPem)),
  ]
    .filter(({ name }) => name !== 'csr subject commonname' && name !== 'crt commonname')
    .map((property) => ({ ...property, name: OLD_NAMES.get(property.name) ?? property.name }));
}

/** The contents of a file on one line here, line by line where it was ordered. */
function validationProperties({ validation, status }: LegacySub): Property[] {
  const { file, dnsNames, approvers, method } = validation;
  return [
    ...values('approveremail', [...new Set(approvers.flat())]),
    ...(status === 'ORDER_REQUESTED' ? value('auth message', `Waiting for ${method} authentication`) : []),
    ...values('dnsauth name', dnsNames),
    ...(file === undefined
      ? []
      : [...value('fileauth contents', file.lines.join(' ')), ...value('fileauth name', file.name)]),
  ];
}

function subList(world: World, order: LegacyOrder, shown: LegacySub): Property[] {
  const now = world.clock.now();
  const subs = world.options.legacySubs === 'all' ? order.subs : [shown];
  return [
    ...values(
      'sub',
      subs.map(({ id }) => id),
    ),
    ...values(
      'sub created date',
      subs.map(({ createdAt }) => dateTime(createdAt)),
    ),
    ...value('sub id', shown.id),
    ...values(
      'sub status',
      subs.map((sub) => subStatus(sub, now)),
    ),
  ];
}

function migrationProperties(world: World, order: LegacyOrder): Property[] {
  const moved = order.subs.flatMap(({ migratedTo }) => (migratedTo === undefined ? [] : [migratedTo]));
  return [
    ...values(
      named(world, 'migrated_to_certificate'),
      moved.map(({ certificateId }) => certificateId),
    ),
    ...values(
      named(world, 'migrated_to_certificateorder'),
      moved.map(({ orderId }) => orderId),
    ),
  ];
}

/** The order's own data, and those of the sub named or the newest. */
export const statusLegacyCertificate: Command = ({ world, account }, parameters) => {
  parameters.flag('wide');
  const order = legacyOrderBy(account, parameters.required('certificate'));
  const sub = subBy(order, parameters.text('sub'));
  const { issued } = sub;
  return success([
    ...value('admincontact', order.contacts.admin),
    ...value('billingcontact', order.contacts.billing),
    ...value('certificate', order.id),
    ...value('certificate expiration date', issued === undefined ? '' : dateTime(issued.notAfter)),
    ...value('class', order.cls.name),
    ...value('created by', account.login),
    ...value('created date', dateTime(order.createdAt)),
    ...(issued === undefined
      ? []
      : [
          ...values('crt', pemLines(issued.leafPem)),
          ...values('intermediate crt', pemLines(issued.intermediatePem)),
          ...values('root crt', pemLines(issued.rootPem)),
        ]),
    ...values('csr', pemLines(sub.csrPem)),
    ...decoded(sub),
    ...values('domain', sub.names),
    ...migrationProperties(world, order),
    ...value('ownercontact', order.contacts.owner),
    ...value('status', legacyOrderStatus(order, world.clock.now())),
    ...subList(world, order, sub),
    ...value('techcontact', order.contacts.tech),
    ...validationProperties(sub),
    ...value('updated by', account.login),
    ...value('updated date', dateTime(order.updatedAt)),
    ...value('webservertype', order.webServerType),
  ]);
};

const seconds = (date: Date): string => dateTime(date, 'seconds');

/** What was cancelled is listed only when a status was asked for. */
export const queryLegacyCertificateList: Command = (context, parameters) => {
  const { world, account } = context;
  const now = world.clock.now();
  const end = (order: LegacyOrder): string => {
    const newest = order.subs.findLast(({ issued }) => issued !== undefined);
    return newest?.issued === undefined ? '' : seconds(newest.issued.notAfter);
  };
  const classPattern = parameters.text('class');
  const found = [...account.legacyOrders.values()].filter((order) => {
    const status = legacyOrderStatus(order, now);
    const wanted = parameters.text('status');
    return (
      (wanted === undefined
        ? status !== 'CANCELLED' || world.options.listsCanceled
        : matches(wanted, status)) &&
      matches(parameters.text('certificate'), order.id) &&
      matches(parameters.text('certificateorder'), order.id) &&
      matches(parameters.text('servertype'), order.webServerType) &&
      (classPattern === undefined ||
        matches(classPattern, order.cls.name) ||
        findLegacyClass(classPattern)?.name === order.cls.name) &&
      matchesDate(parameters.text('createddate'), seconds(order.createdAt)) &&
      matchesDate(parameters.text('updateddate'), seconds(order.updatedAt)) &&
      matchesDate(parameters.text('expirationdate'), end(order)) &&
      order.subs.some(({ names }) => names.some((name) => matches(parameters.text('domain'), name))) &&
      // API 1 knows no service tags.
      parameters.list('servicetag').length === 0
    );
  });
  const sorted = ordered(found, parameters, {
    certificate: ({ id }) => id,
    status: (order) => legacyOrderStatus(order, now),
    servertype: ({ webServerType }) => webServerType,
    createddate: ({ createdAt }) => seconds(createdAt),
    updateddate: ({ updatedAt }) => seconds(updatedAt),
    expirationdate: end,
    class: ({ cls }) => cls.name,
  });
  type Column = readonly [name: string, of: (order: LegacyOrder) => string];
  const wide: readonly Column[] = [
    ['class', ({ cls }) => cls.name],
    ['domain', ({ subs }) => subs.at(-1)?.names[0] ?? ''],
    ['webservertype', ({ webServerType }) => webServerType],
    ['status', (order) => legacyOrderStatus(order, now)],
    ['created date', ({ createdAt }) => seconds(createdAt)],
    ['updated date', ({ updatedAt }) => seconds(updatedAt)],
    ['expiration date', end],
    ['owner contact', ({ contacts }) => contacts.owner],
    ['admin contact', ({ contacts }) => contacts.admin],
    ['tech contact', ({ contacts }) => contacts.tech],
    ['billing contact', ({ contacts }) => contacts.billing],
    ['approveremail', ({ subs }) => subs.at(-1)?.validation.approvers[0]?.[0] ?? ''],
  ];
  const columns: readonly Column[] = [
    ['certificate', ({ id }) => id],
    ...(parameters.flag('wide') ? wide : []),
    ...(parameters.flag('includesub') ? [['registrar', () => account.login] as const] : []),
  ];
  return listAnswer(context, parameters, {
    command: 'QueryCertificateList',
    columns: columns.map(([name]) => name),
    rows: sorted.map((order) => columns.map(([, of]) => of(order))),
  });
};
