/** AddCertificateContact, StatusCertificateContact, QueryCertificateContactList. */
import { dateTime, Refusal, success, value } from './answers.ts';
import type { Command } from './command.ts';
import {
  checkedHandle,
  CONTACT_FIELDS,
  contactByReference,
  deletionDate,
  fromHandle,
  isGone,
  makeContact,
  ORGANIZATION_MANDATORY,
} from './contacts.ts';
import { listAnswer, matches, matchesDate, ordered } from './lists.ts';
import type { Parameters } from './parameters.ts';
import { followsTables } from './wire.ts';
import type { Account, Contact, World } from './world.ts';

const TYPES = ['organization', 'tech', 'evapprover'] as const;

/** What was typed in goes before what a handle holds. */
function fieldsOf(world: World, type: Contact['type'], parameters: Parameters): Record<string, string> {
  const personHandle = parameters.text('phandle');
  const organizationHandle = parameters.text('ohandle');
  if (organizationHandle !== undefined && type !== 'organization') {
    throw new Refusal(541, `OHANDLE with a ${type} contact`);
  }
  const fields: Record<string, string> = {};
  if (personHandle !== undefined && organizationHandle !== undefined) {
    const handles = [checkedHandle(world, 'P', personHandle), checkedHandle(world, 'O', organizationHandle)];
    Object.assign(fields, fromHandle(handles[0] ?? '', handles[1]));
  } else if (personHandle !== undefined) {
    Object.assign(fields, fromHandle(checkedHandle(world, 'P', personHandle)));
  } else if (organizationHandle !== undefined) {
    throw new Refusal(504, 'PHANDLE');
  }
  for (const [name] of CONTACT_FIELDS) {
    const text = parameters.text(name);
    if (text !== undefined) fields[name] = text;
  }
  return fields;
}

export const addCertificateContact: Command = ({ world, account }, parameters) => {
  const type = parameters.word('type', TYPES);
  if (type === undefined) throw new Refusal(504, 'TYPE');
  const fields = fieldsOf(world, type, parameters);
  if (type === 'organization' && fields['organizationname'] === undefined) {
    throw new Refusal(504, fields['handle'] === undefined ? 'ORGANIZATIONNAME' : 'OHANDLE');
  }
  // The command table makes the organization mandatory for all types; the example of a technical contact has none.
  const mandatory = ['phone', 'email', ...(type === 'organization' ? ORGANIZATION_MANDATORY : [])];
  for (const name of mandatory) if (fields[name] === undefined) throw new Refusal(504, name.toUpperCase());
  const contact = makeContact(world, account, type, fields);
  return success([...value('certificatecontact', contact.id), ...value('status', 'unverified')]);
};

export const statusCertificateContact: Command = ({ world, account }, parameters) => {
  const contact = contactByReference(world, account, parameters.required('certificatecontact'));
  return success([
    ...value('certificatecontact', contact.id),
    ...value('created by', account.login),
    ...value('created date', dateTime(contact.createdAt)),
    ...CONTACT_FIELDS.flatMap(([name, property]) => value(property, contact.fields[name] ?? '')),
    ...value('organization category', ''),
    ...value('registrar', account.login),
    ...value('status', linkStatus(world, account, contact)),
    ...value('type', contact.type),
    ...value('updated by', account.login),
    ...value('updated date', dateTime(contact.createdAt)),
  ]);
};

function linkStatus(world: World, account: Account, contact: Contact): string {
  return deletionDate(world, account, contact) === undefined ? 'linked' : 'unlinked';
}

type Column = readonly [name: string, of: (contact: Contact) => string];

const field =
  (name: string) =>
  (contact: Contact): string =>
    contact.fields[name] ?? '';

const created = (contact: Contact): string => dateTime(contact.createdAt, 'seconds');

/** As the wide example has them. */
const EXAMPLE_COLUMNS: readonly Column[] = [
  ['type', ({ type }) => type],
  ...CONTACT_FIELDS.map(([name, property]): Column => [property, field(name)]),
  ['created date', created],
  // Nothing about a contact ever changes.
  ['updated date', created],
];

/** As the command table has them: other names, and the contact's end. */
function tableColumns(world: World, account: Account): Column[] {
  const end = (contact: Contact): string => {
    const date = deletionDate(world, account, contact);
    return date === undefined ? '' : dateTime(date, 'seconds');
  };
  return [
    ['type', ({ type }) => type],
    ['status', (contact) => linkStatus(world, account, contact)],
    ['organization', field('organizationname')],
    ...CONTACT_FIELDS.filter(([name]) => name !== 'organizationname').map(([name]): Column => [
      name,
      field(name),
    ]),
    ['deletion date', end],
  ];
}

export const queryCertificateContactList: Command = (context, parameters) => {
  const { world, account } = context;
  const found = [...account.contacts.values()].filter(
    (contact) =>
      !isGone(world, account, contact) &&
      matches(parameters.text('certificatecontact'), contact.id) &&
      matches(parameters.text('type'), contact.type) &&
      matches(parameters.text('organization'), field('organizationname')(contact)) &&
      matches(parameters.text('organizationcategory'), '') &&
      matchesDate(parameters.text('createddate'), created(contact)) &&
      matchesDate(parameters.text('updateddate'), created(contact)) &&
      CONTACT_FIELDS.every(([name]) => matches(parameters.text(name), field(name)(contact))),
  );
  const sorted = ordered(found, parameters, {
    certificatecontact: ({ id }) => id,
    type: ({ type }) => type,
    ...Object.fromEntries(CONTACT_FIELDS.map(([name]) => [name, field(name)])),
    organization: field('organizationname'),
    organizationcategory: () => '',
    createddate: created,
    updateddate: created,
  });
  const asTable = followsTables(world.options.names);
  const wide = asTable ? tableColumns(world, account) : EXAMPLE_COLUMNS;
  const columns: readonly Column[] = [
    [asTable ? 'contact' : 'certificatecontact', ({ id }) => id],
    ...(parameters.flag('wide') ? wide : []),
  ];
  return listAnswer(context, parameters, {
    command: 'QueryCertificateContactList',
    columns: columns.map(([name]) => name),
    rows: sorted.map((contact) => columns.map(([, of]) => of(contact))),
  });
};
