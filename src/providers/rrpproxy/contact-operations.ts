/** CertificateContacts (manual 6.4 and 8.3), for people: made once, never changed, used by many orders. */
import type { ProviderOperation } from '../../contracts/provider-operations.ts';
import { RenewdError } from '../../core/errors.ts';
import {
  choiceOf,
  limitParameter,
  lineOf,
  listRows,
  present,
  requiredId,
  wrong,
  type Given,
  type RowNames,
} from '../../vendors/rrpproxy/operations.ts';
import type { Client } from './client.ts';
import { contactOrganizationSchema, personSchema } from './config.ts';
import { readContact } from './objects.ts';
import { contactFilters, contactTypes, type ContactParameters } from './parameters.ts';

const columns: RowNames = {
  CERTIFICATECONTACT: 'contactId',
  TYPE: 'type',
  STATUS: 'status',
  FIRSTNAME: 'firstName',
  LASTNAME: 'lastName',
  JOBTITLE: 'jobTitle',
  EMAIL: 'email',
  PHONE: 'phone',
  ORGANIZATIONNAME: 'organization',
  ORGANIZATION: 'organization',
  ORGANIZATIONDBA: 'organizationDba',
  ORGANIZATIONSTREET: 'organizationStreet',
  ORGANIZATIONZIP: 'organizationZip',
  ORGANIZATIONCITY: 'organizationCity',
  ORGANIZATIONSTATE: 'organizationState',
  ORGANIZATIONCOUNTRY: 'organizationCountry',
  ORGANIZATIONPHONE: 'organizationPhone',
  ORGANIZATIONEMAIL: 'organizationEmail',
  CREATEDDATE: 'createdAt',
  UPDATEDDATE: 'updatedAt',
  DELETIONDATE: 'deletedAt',
};

/** Our words for types, theirs behind them. */
const typeWords = ['tech', 'organization', 'approver'] as const;

export function contactOperations(client: Client): readonly ProviderOperation[] {
  return [
    {
      name: 'contact-add',
      summary:
        'Make a contact of data, or of P- and O-handles of the account. It cannot be changed afterwards.',
      command: 'AddCertificateContact',
      effect: 'changes',
      parameters: [
        { name: 'type', description: 'tech, organization or approver (EV).', required: true },
        { name: 'person', description: 'Handle of a person to take the data from, e.g. P-ABC123.' },
        { name: 'from-organization', description: 'Handle of an organisation, e.g. O-ABC456.' },
        { name: 'first-name', description: 'Given name.' },
        { name: 'last-name', description: 'Family name.' },
        { name: 'email', description: 'E-mail address.' },
        { name: 'phone', description: 'Telephone number with country code, e.g. +49.301234567.' },
        { name: 'job-title', description: 'Job title.' },
        { name: 'organization-name', description: 'Registered name of the organisation.' },
        { name: 'organization-dba', description: 'Name it does business under.' },
        { name: 'organization-street', description: 'Street and number.' },
        { name: 'organization-zip', description: 'Postal code.' },
        { name: 'organization-city', description: 'City.' },
        { name: 'organization-state', description: 'State or region.' },
        { name: 'organization-country', description: 'Country code, e.g. DE.' },
        { name: 'organization-phone', description: 'Telephone number of the organisation.' },
        { name: 'organization-email', description: 'E-mail address of the organisation.' },
      ],
      async run(given, signal) {
        const { answer } = await client.addCertificateContact(newContact(given), signal);
        const { contactId, status } = readContact(answer);
        if (contactId === undefined) {
          throw new RenewdError(
            'provider-outcome-unknown',
            'the contact was made, but the answer does not name it; look at contact-list',
          );
        }
        return { data: { contactId, status } };
      },
    },
    {
      name: 'contact-status',
      summary: 'A contact with its data and its state.',
      command: 'StatusCertificateContact',
      effect: 'reads',
      parameters: [{ name: 'contact', description: 'Id, e.g. CC-12345678.', required: true }],
      async run(given, signal) {
        const contactId = requiredId(given, 'contact');
        const { answer } = await client.statusCertificateContact(contactId, signal);
        // The sample's answer (9.1.12) does not repeat the id.
        return { data: { ...readContact(answer), contactId } };
      },
    },
    {
      name: 'contact-list',
      summary: 'List contacts: technical ones, organisations and EV approvers.',
      command: 'QueryCertificateContactList',
      effect: 'reads',
      parameters: [
        ...contactFilters.map((name) => ({
          name,
          description: `Only where ${name} matches, with * as wildcard.`,
        })),
        limitParameter,
      ],
      async run(given, signal) {
        const filters = present(
          Object.fromEntries(contactFilters.map((name) => [name, lineOf(given, name)] as const)),
        );
        return listRows(given, columns, ['CERTIFICATECONTACT', 'CONTACT'], (page) =>
          client.queryCertificateContactList({ filters, wide: true, ...page }, signal),
        );
      },
    },
  ];
}

function newContact(given: Given): ContactParameters {
  const type = choiceOf(given, 'type', typeWords);
  if (type === undefined) throw wrong('type', 'is missing');
  const personHandle = lineOf(given, 'person');
  const organizationHandle = lineOf(given, 'from-organization');
  const person = dataOf(given, personFields);
  const organization = dataOf(given, organizationFields);
  if (personHandle === undefined && organizationHandle === undefined && person === undefined) {
    throw wrong('person', 'is missing, and no data of a person is given');
  }
  const checkedPerson = person === undefined ? undefined : personSchema.safeParse(person);
  if (checkedPerson?.success === false)
    throw wrong(fieldOf(checkedPerson.error, personFields), 'does not fit');
  const checkedOrganization =
    organization === undefined ? undefined : contactOrganizationSchema.safeParse(organization);
  if (checkedOrganization?.success === false) {
    throw wrong(fieldOf(checkedOrganization.error, organizationFields), 'does not fit');
  }
  return {
    type: type === 'approver' ? contactTypes[2] : type,
    ...present({
      personHandle,
      organizationHandle,
      person: checkedPerson?.data,
      organization: checkedOrganization?.data,
    }),
  };
}

/** Parameters by the names of the schemas. */
type Fields = Readonly<Record<string, string>>;

const personFields: Fields = {
  firstName: 'first-name',
  lastName: 'last-name',
  email: 'email',
  phone: 'phone',
  jobTitle: 'job-title',
};

const organizationFields: Fields = {
  name: 'organization-name',
  dba: 'organization-dba',
  street: 'organization-street',
  zip: 'organization-zip',
  city: 'organization-city',
  state: 'organization-state',
  country: 'organization-country',
  phone: 'organization-phone',
  email: 'organization-email',
};

/** Undefined when none of the parameters is given. */
function dataOf(given: Given, fields: Fields): Readonly<Record<string, string>> | undefined {
  const entries = Object.entries(fields).flatMap(([field, name]) => {
    const value = lineOf(given, name);
    return value === undefined ? [] : [[field, value] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function fieldOf(
  error: { readonly issues: readonly { readonly path: readonly PropertyKey[] }[] },
  fields: Fields,
): string {
  const field = String(error.issues[0]?.path[0] ?? '');
  return Object.hasOwn(fields, field) ? (fields[field] ?? field) : field;
}
