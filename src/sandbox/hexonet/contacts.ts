/** Who stands behind an order: contact handles, plain data, or what WHOIS would say about the domain. */
import { baseDomain } from '../vendor-kit/names.ts';
import { Refusal, value } from './answers.ts';
import type { Property } from './answers.ts';
import type { CertificateClass } from './classes.ts';
import type { Parameters } from './parameters.ts';
import { CONTACT_FIELDS } from './syntax.ts';

export type ContactField = (typeof CONTACT_FIELDS)[number];
export type ContactFields = Readonly<Partial<Record<ContactField, string>>>;

/** By the vendor's names: `OWNERCONTACT0`, …; only those given, the owner always. */
export type ContactSet = ReadonlyMap<string, ContactFields>;

const ROLES = ['OWNER', 'ADMIN', 'TECH', 'BILLING'] as const;
const ROLE_NAME = /^((?:OWNER|ADMIN|TECH|BILLING|CSR)CONTACT\d)([A-Z]*)$/;

/**
 * The contacts in the command; undefined when there are none. Those not named are the owner's. A handle comes first, plain data
 * beside it goes over its own.
 */
export function givenContacts(
  parameters: Parameters,
  handles: Readonly<Record<string, ContactFields>>,
  fallback: ContactFields,
): ContactSet | undefined {
  const given = new Map<string, ContactFields>();
  const entries = [...ROLES, 'CSR'].flatMap((role) => [...parameters.beginning(`${role}CONTACT`)]);
  // The handles first: their names are the shorter ones.
  for (const [name, text] of entries.sort(([a], [b]) => a.length - b.length)) {
    const match = ROLE_NAME.exec(name);
    const contact = match?.[1];
    if (contact === undefined) continue;
    const field = CONTACT_FIELDS.find((candidate) => candidate === match?.[2]);
    if (field === undefined) {
      const known = Object.hasOwn(handles, text.toUpperCase()) ? handles[text.toUpperCase()] : undefined;
      if (known === undefined) throw new Refusal(541, name);
      given.set(contact, known);
    } else {
      given.set(contact, { ...given.get(contact), [field]: checked(name, field, text) });
    }
  }
  if (given.size === 0) return undefined;
  const owner = given.get('OWNERCONTACT0') ?? fallback;
  for (const role of ROLES) {
    if (!given.has(`${role}CONTACT0`)) given.set(`${role}CONTACT0`, owner);
  }
  return given;
}

/** What WHOIS says where no contact is given. */
export function whoisContact(domain: string): ContactFields {
  return {
    ORGANIZATION: 'Example GmbH',
    FIRSTNAME: 'Erika',
    LASTNAME: 'Mustermann',
    STREET: 'Musterstr. 1',
    CITY: 'Homburg',
    STATE: 'SL',
    ZIP: '66424',
    COUNTRY: 'DE',
    PHONE: '+49.6841123456',
    EMAIL: `info@${baseDomain(domain)}`,
  };
}

export function whoisContacts(domain: string): ContactSet {
  const contact = whoisContact(domain);
  return new Map(ROLES.map((role) => [`${role}CONTACT0`, contact]));
}

function checked(name: string, field: ContactField, text: string): string {
  if (field === 'EMAIL' && !isMailAddress(text)) throw new Refusal(505, name);
  if (field === 'COUNTRY' && !/^[A-Za-z]{2}$/.test(text)) throw new Refusal(505, name);
  return field === 'COUNTRY' ? text.toUpperCase() : text;
}

export const isMailAddress = (text: string): boolean =>
  text.length <= 254 && /^[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+$/.test(text);

/** An organisation's certificate needs an organisation. */
export function checkContacts(cls: CertificateClass, contacts: ContactSet): void {
  if (cls.type !== 'DV' && contacts.get('OWNERCONTACT0')?.ORGANIZATION === undefined) {
    throw new Refusal(504, 'OWNERCONTACT0ORGANIZATION');
  }
}

export const ownerOf = (contacts: ContactSet): ContactFields => contacts.get('OWNERCONTACT0') ?? {};

export function contactProperties(contacts: ContactSet): Property[] {
  return [...contacts].flatMap(([contact, fields]) =>
    CONTACT_FIELDS.flatMap((field) =>
      fields[field] === undefined ? [] : value(`${contact}${field}`, fields[field]),
    ),
  );
}

/** The owner's data once more under names without a role, as the answers about certificates print it. */
export function defaultContactProperties(contacts: ContactSet): Property[] {
  const owner = ownerOf(contacts);
  const fields = [
    ['CITY', owner.CITY],
    ['COUNTRY', owner.COUNTRY],
    ['EMAIL', owner.EMAIL],
    ['FAX', owner.FAX],
    ['FIRSTNAME', owner.FIRSTNAME],
    ['JOBTITLE', owner.TITLE],
    ['LASTNAME', owner.LASTNAME],
    ['ORGANIZATION', owner.ORGANIZATION],
    ['PHONE', owner.PHONE],
    ['PROVINCE', owner.STATE],
    ['STREET', owner.STREET],
    ['ZIP', owner.ZIP],
  ] as const;
  return fields.flatMap(([name, text]) => value(name, text ?? ''));
}
