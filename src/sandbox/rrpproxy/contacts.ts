/** CertificateContacts: immutable once made, gone some weeks after the last certificate that used them. */
import { digits, unusedId } from '../vendor-kit/random.ts';
import { Refusal } from './answers.ts';
import { certificateStatus } from './world.ts';
import type { Account, Certificate, Contact, World } from './world.ts';

const DAY_MS = 86_400_000;
const HANDLE = /^[OP]-[A-Z0-9]{1,20}$/;
const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const PHONE = /^\+\d[\d .-]{3,}$/;

/** Parameter name, and the property name lists and status answers use. */
export const CONTACT_FIELDS: readonly (readonly [parameter: string, property: string])[] = [
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

export const ORGANIZATION_MANDATORY = [
  'organizationname',
  'organizationstreet',
  'organizationcity',
  'organizationcountry',
] as const;

export function makeContact(
  world: World,
  account: Account,
  type: Contact['type'],
  fields: Readonly<Record<string, string>>,
): Contact {
  for (const name of ['email', 'organizationemail']) {
    const mail = fields[name];
    if (mail !== undefined && !MAIL.test(mail)) throw new Refusal(505, name.toUpperCase());
  }
  for (const name of ['phone', 'organizationphone']) {
    const phone = fields[name];
    if (phone !== undefined && !PHONE.test(phone)) throw new Refusal(505, name.toUpperCase());
  }
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

/** The handle in capitals. Every well-formed handle exists unless the options say otherwise. */
export function checkedHandle(world: World, kind: 'O' | 'P', text: string): string {
  const handle = text.toUpperCase();
  if (!HANDLE.test(handle) || !handle.startsWith(kind)) throw new Refusal(505, `${kind}HANDLE`);
  const unknown = world.options.unknownHandles.some((each) => each.toUpperCase() === handle);
  if (unknown) throw new Refusal(545, handle);
  return handle;
}

/** The data behind handles, which the simulator makes up from their names. */
export function fromHandle(person: string, organization?: string): Record<string, string> {
  const fields = {
    handle: person,
    firstname: 'Person',
    lastname: person,
    phone: '+49.30123456',
    email: `${person.toLowerCase()}@handles.example`,
  };
  if (organization === undefined) return fields;
  return {
    ...fields,
    organizationhandle: organization,
    organizationname: `Organization ${organization}`,
    organizationstreet: 'Example Street 1',
    organizationcity: 'Berlin',
    organizationzip: '10115',
    organizationcountry: 'DE',
    organizationphone: '+49.30123457',
    organizationemail: `${organization.toLowerCase()}@handles.example`,
  };
}

export function contactByReference(world: World, account: Account, reference: string): Contact {
  const contact = account.contacts.get(reference.toUpperCase());
  if (contact === undefined || isGone(world, account, contact)) throw new Refusal(545, reference);
  return contact;
}

function uses(certificate: Certificate, contact: Contact): boolean {
  return (
    certificate.techContacts.includes(contact.id) ||
    certificate.organizationContact === contact.id ||
    certificate.evApproverContact === contact.id
  );
}

/** When it will be deleted; undefined while a living certificate uses it. */
export function deletionDate(world: World, account: Account, contact: Contact): Date | undefined {
  const now = world.clock.now();
  let lastUse = contact.createdAt;
  for (const certificate of account.certificates.values()) {
    if (!uses(certificate, contact)) continue;
    const status = certificateStatus(certificate, now);
    if (status === 'active' || status.endsWith('processing')) return undefined;
    const end =
      status === 'expired' ? (certificate.issued?.notAfter ?? certificate.updatedAt) : certificate.updatedAt;
    if (end > lastUse) lastUse = end;
  }
  return new Date(lastUse.getTime() + world.options.unusedContactDays * DAY_MS);
}

export function isGone(world: World, account: Account, contact: Contact): boolean {
  const end = deletionDate(world, account, contact);
  return end !== undefined && end <= world.clock.now();
}
