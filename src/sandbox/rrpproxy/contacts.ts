/** CertificateContacts: immutable once made, made explicitly or on the way by an order. */
import { digits, unusedId } from '../vendor-kit/random.ts';
import { dateTime, listAnswer, Refusal, success, value } from './answers.ts';
import type { Row } from './answers.ts';
import { listPage, matches, ordered } from './lists.ts';
import type { Command } from './command.ts';
import type { CertificateClass } from './classes.ts';
import type { Parameters } from './syntax.ts';
import type { Account, Contact, World } from './world.ts';

const PERSON_HANDLE = /^P-[A-Z0-9]+$/i;
const ORGANIZATION_HANDLE = /^O-[A-Z0-9]+$/i;
const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const PHONE = /^\+[\d][\d .-]{3,}$/;

/** Parameter name, and the property name lists and status answers use. */
const FIELDS: readonly (readonly [parameter: string, property: string])[] = [
  ['jobtitle', 'job title'],
  ['firstname', 'first name'],
  ['lastname', 'last name'],
  ['organizationname', 'organization name'],
  ['organizationdba', 'organization dba'],
  ['organizationstreet', 'organization street'],
  ['organizationcity', 'organization city'],
  ['organizationstate', 'organization state'],
  ['organizationzip', 'organization zip'],
  ['organizationcountry', 'organization country'],
  ['organizationphone', 'organization phone'],
  ['organizationemail', 'organization email'],
  ['phone', 'phone'],
  ['email', 'email'],
];

const ORGANIZATION_MANDATORY = [
  'organizationname',
  'organizationstreet',
  'organizationcity',
  'organizationcountry',
];

function create(
  world: World,
  account: Account,
  type: Contact['type'],
  fields: Record<string, string>,
): Contact {
  if (fields['email'] !== undefined && !MAIL.test(fields['email'])) throw new Refusal(505, 'EMAIL');
  if (fields['phone'] !== undefined && !PHONE.test(fields['phone'])) throw new Refusal(505, 'PHONE');
  const country = fields['organizationcountry'];
  if (country !== undefined && !/^[A-Z]{2}$/i.test(country)) throw new Refusal(505, 'ORGANIZATIONCOUNTRY');
  const contact: Contact = {
    id: unusedId(
      () => `CC-${digits(world.random, 8)}`,
      (id) => account.contacts.has(id),
    ),
    type,
    fields,
    createdAt: world.clock.now(),
  };
  account.contacts.set(contact.id, contact);
  return contact;
}

/** A CertificateContact by its id, or a new one from a person's handle. */
function fromReference(
  world: World,
  account: Account,
  type: Contact['type'],
  reference: string,
): () => string {
  if (PERSON_HANDLE.test(reference)) {
    return () => create(world, account, type, { handle: reference.toUpperCase() }).id;
  }
  const contact = account.contacts.get(reference.toUpperCase());
  if (contact === undefined) throw new Refusal(545, reference);
  if (contact.type !== type) throw new Refusal(541, `${reference} is no ${type} contact`);
  return () => contact.id;
}

export interface OrderContacts {
  readonly tech: readonly string[];
  readonly organization: string | undefined;
  readonly evApprover: string | undefined;
}

/**
 * The contacts of an order. What the request leaves out is taken from `previous` (renewals). The second step makes
 * the new contacts, so that a refused order leaves none behind.
 */
export function orderContacts(
  world: World,
  account: Account,
  cls: CertificateClass,
  parameters: Parameters,
  previous?: OrderContacts,
): () => OrderContacts {
  const tech =
    techContacts(world, account, parameters) ?? (previous === undefined ? undefined : () => previous.tech);
  const organization =
    organizationContact(world, account, parameters) ??
    (previous?.organization === undefined ? undefined : () => previous.organization);
  const evApprover =
    approverContact(world, account, parameters) ??
    (previous?.evApprover === undefined ? undefined : () => previous.evApprover);
  if (cls.contacts.tech && tech === undefined) throw new Refusal(504, 'TECHCONTACT0');
  if (cls.contacts.organization && organization === undefined) throw new Refusal(504, 'ORGANIZATIONCONTACT');
  if (cls.contacts.evApprover && evApprover === undefined) throw new Refusal(504, 'EVAPPROVERCONTACT0');
  return () => ({ tech: tech?.() ?? [], organization: organization?.(), evApprover: evApprover?.() });
}

function techContacts(world: World, account: Account, parameters: Parameters): (() => string[]) | undefined {
  const references = parameters.list('techcontact');
  if (references.length > 0) {
    const made = references.map((reference) => fromReference(world, account, 'tech', reference));
    return () => made.map((make) => make());
  }
  const given = (['techfirstname', 'techlastname', 'techphone', 'techemail'] as const).map((name) =>
    parameters.indexed(name),
  );
  const numbers = [...new Set(given.flatMap((map) => [...map.keys()]))].sort((a, b) => a - b);
  if (numbers.length === 0) return undefined;
  const people = numbers.map((number) => {
    const [firstname, lastname, phone, email] = given.map((map) => map.get(number));
    if (lastname === undefined) throw new Refusal(504, `TECHLASTNAME${number}`);
    if (phone === undefined) throw new Refusal(504, `TECHPHONE${number}`);
    if (email === undefined) throw new Refusal(504, `TECHEMAIL${number}`);
    const jobtitle = parameters.text('techjobtitle');
    return person(firstname, lastname, phone, email, jobtitle);
  });
  return () => people.map((fields) => create(world, account, 'tech', fields).id);
}

function person(
  firstname: string | undefined,
  lastname: string,
  phone: string,
  email: string,
  jobtitle: string | undefined,
): Record<string, string> {
  return {
    ...(firstname === undefined ? {} : { firstname }),
    lastname,
    phone,
    email,
    ...(jobtitle === undefined ? {} : { jobtitle }),
  };
}

function organizationContact(
  world: World,
  account: Account,
  parameters: Parameters,
): (() => string) | undefined {
  const reference = parameters.text('organizationcontact') ?? parameters.text('organizationcontact0');
  if (reference !== undefined) return fromReference(world, account, 'organization', reference);
  const organizationHandle = parameters.text('organizationohandle');
  const personHandle = parameters.text('organizationphandle');
  if (organizationHandle !== undefined || personHandle !== undefined) {
    if (organizationHandle === undefined) throw new Refusal(504, 'ORGANIZATIONOHANDLE');
    if (personHandle === undefined) throw new Refusal(504, 'ORGANIZATIONPHANDLE');
    return handleContact(world, account, organizationHandle, personHandle);
  }
  const fields: Record<string, string> = {};
  for (const [name] of FIELDS) {
    const text = name.startsWith('organization') ? parameters.text(name) : undefined;
    if (text !== undefined) fields[name] = text;
  }
  if (Object.keys(fields).length === 0) return undefined;
  for (const name of ORGANIZATION_MANDATORY) {
    if (fields[name] === undefined) throw new Refusal(504, name.toUpperCase());
  }
  return () => create(world, account, 'organization', fields).id;
}

function handleContact(world: World, account: Account, oHandle: string, pHandle: string): () => string {
  if (!ORGANIZATION_HANDLE.test(oHandle)) throw new Refusal(505, 'OHANDLE');
  if (!PERSON_HANDLE.test(pHandle)) throw new Refusal(505, 'PHANDLE');
  const fields = { organizationhandle: oHandle.toUpperCase(), handle: pHandle.toUpperCase() };
  return () => create(world, account, 'organization', fields).id;
}

function approverContact(world: World, account: Account, parameters: Parameters): (() => string) | undefined {
  const reference = parameters.list('evapprovercontact')[0];
  if (reference !== undefined) return fromReference(world, account, 'evapprover', reference);
  const lastname = parameters.text('evapproverlastname');
  if (lastname === undefined) return undefined;
  const fields = person(
    parameters.text('evapproverfirstname'),
    lastname,
    parameters.required('evapproverphone'),
    parameters.required('evapproveremail'),
    parameters.text('evapproverjobtitle'),
  );
  return () => create(world, account, 'evapprover', fields).id;
}

export const addCertificateContact: Command = ({ world, account }, parameters) => {
  const type = parameters.word('type', ['organization', 'tech', 'evapprover']);
  if (type === undefined) throw new Refusal(504, 'TYPE');
  const answer = (id: string) =>
    success([...value('certificatecontact', id), ...value('status', 'unverified')]);
  const personHandle = parameters.text('phandle');
  const organizationHandle = parameters.text('ohandle');
  if (type === 'organization' && (personHandle !== undefined || organizationHandle !== undefined)) {
    return answer(
      handleContact(world, account, parameters.required('ohandle'), parameters.required('phandle'))(),
    );
  }
  if (personHandle !== undefined) return answer(fromReference(world, account, type, personHandle)());
  // The command table makes the organization mandatory for all types; the example of a technical contact has none.
  const mandatory = ['phone', 'email', ...(type === 'organization' ? ORGANIZATION_MANDATORY : [])];
  for (const name of mandatory) parameters.required(name);
  const fields: Record<string, string> = {};
  for (const [name] of FIELDS) {
    const text = parameters.text(name);
    if (text !== undefined) fields[name] = text;
  }
  return answer(create(world, account, type, fields).id);
};

export const statusCertificateContact: Command = ({ account }, parameters) => {
  const id = parameters.required('certificatecontact').toUpperCase();
  const contact = account.contacts.get(id);
  if (contact === undefined) throw new Refusal(545, id);
  return success([
    ...value('certificatecontact', contact.id),
    ...value('created by', account.login),
    ...value('created date', dateTime(contact.createdAt)),
    ...FIELDS.flatMap(([name, property]) => value(property, contact.fields[name] ?? '')),
    ...value('organization category', ''),
    ...value('registrar', account.login),
    ...value('status', linked(account, contact.id) ? 'linked' : 'unlinked'),
    ...value('type', contact.type),
    ...value('updated by', account.login),
    ...value('updated date', dateTime(contact.createdAt)),
  ]);
};

function linked(account: Account, id: string): boolean {
  return [...account.certificates.values()].some(
    (certificate) =>
      certificate.techContacts.includes(id) ||
      certificate.organizationContact === id ||
      certificate.evApproverContact === id,
  );
}

export const queryCertificateContactList: Command = ({ account }, parameters) => {
  const found = [...account.contacts.values()].filter(
    (contact) =>
      matches(parameters.text('certificatecontact'), contact.id) &&
      matches(parameters.text('type'), contact.type) &&
      matches(parameters.text('organization'), contact.fields['organizationname'] ?? '') &&
      matches(parameters.text('createddate'), dateTime(contact.createdAt, 'seconds')) &&
      matches(parameters.text('updateddate'), dateTime(contact.createdAt, 'seconds')) &&
      FIELDS.every(([name]) => matches(parameters.text(name), contact.fields[name] ?? '')),
  );
  const wide = parameters.flag('wide');
  const sorted = ordered(found, parameters, {
    certificatecontact: (contact) => contact.id,
    type: (contact) => contact.type,
    createddate: (contact) => dateTime(contact.createdAt),
    updateddate: (contact) => dateTime(contact.createdAt),
    organization: (contact) => contact.fields['organizationname'] ?? '',
    ...Object.fromEntries(FIELDS.map(([name]) => [name, (contact: Contact) => contact.fields[name] ?? ''])),
  });
  const rows = sorted.map((contact): Row => [
    ['certificatecontact', contact.id],
    ...(wide
      ? ([
          ['type', contact.type],
          ...FIELDS.map(([name, property]) => [property, contact.fields[name] ?? ''] as const),
          ['created date', dateTime(contact.createdAt, 'seconds')],
          ['updated date', dateTime(contact.createdAt, 'seconds')],
        ] as const)
      : []),
  ]);
  return listAnswer(rows, listPage(parameters));
};
