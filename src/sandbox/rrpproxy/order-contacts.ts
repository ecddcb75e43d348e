/** The contacts of an order: named, described on the spot, made from handles, or those of the certificate before. */
import { Refusal } from './answers.ts';
import type { CertificateClass } from './classes.ts';
import {
  checkedHandle,
  CONTACT_FIELDS,
  contactByReference,
  fromHandle,
  makeContact,
  ORGANIZATION_MANDATORY,
} from './contacts.ts';
import type { Parameters } from './parameters.ts';
import type { Account, Contact, World } from './world.ts';

export interface OrderContacts {
  readonly tech: readonly string[];
  readonly organization: string | undefined;
  readonly evApprover: string | undefined;
}

/** A CertificateContact by its id, or a new one from a person's handle, made when everything else is right. */
function byReference(world: World, account: Account, type: Contact['type'], reference: string): () => string {
  if (/^P-/i.test(reference)) {
    const handle = checkedHandle(world, 'P', reference);
    return () => makeContact(world, account, type, fromHandle(handle)).id;
  }
  const contact = contactByReference(world, account, reference);
  if (contact.type !== type) throw new Refusal(541, `${reference} is no ${type} contact`);
  return () => contact.id;
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
    const made = references.map((reference) => byReference(world, account, 'tech', reference));
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
  return () => people.map((fields) => makeContact(world, account, 'tech', fields).id);
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
  if (reference !== undefined) return byReference(world, account, 'organization', reference);
  const organizationHandle = parameters.text('organizationohandle');
  const personHandle = parameters.text('organizationphandle');
  if (organizationHandle !== undefined || personHandle !== undefined) {
    if (organizationHandle === undefined) throw new Refusal(504, 'ORGANIZATIONOHANDLE');
    if (personHandle === undefined) throw new Refusal(504, 'ORGANIZATIONPHANDLE');
    const oHandle = checkedHandle(world, 'O', organizationHandle);
    const pHandle = checkedHandle(world, 'P', personHandle);
    return () => makeContact(world, account, 'organization', fromHandle(pHandle, oHandle)).id;
  }
  const fields: Record<string, string> = {};
  for (const [name] of CONTACT_FIELDS) {
    const text = name.startsWith('organization') ? parameters.text(name) : undefined;
    if (text !== undefined) fields[name] = text;
  }
  if (Object.keys(fields).length === 0) return undefined;
  for (const name of ORGANIZATION_MANDATORY) {
    if (fields[name] === undefined) throw new Refusal(504, name.toUpperCase());
  }
  return () => makeContact(world, account, 'organization', fields).id;
}

function approverContact(world: World, account: Account, parameters: Parameters): (() => string) | undefined {
  const reference = parameters.list('evapprovercontact')[0];
  if (reference !== undefined) return byReference(world, account, 'evapprover', reference);
  const lastname = parameters.text('evapproverlastname');
  if (lastname === undefined) return undefined;
  const fields = person(
    parameters.text('evapproverfirstname'),
    lastname,
    parameters.required('evapproverphone'),
    parameters.required('evapproveremail'),
    parameters.text('evapproverjobtitle'),
  );
  return () => makeContact(world, account, 'evapprover', fields).id;
}
