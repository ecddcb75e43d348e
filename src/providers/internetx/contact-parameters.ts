/** An SSL contact as parameters on the command line. */
import type { OperationParameter } from '../../contracts/provider-operations.ts';
import { RenewdError } from '../../core/errors.ts';
import { contactSchema, parseAs, type SslContact } from './schema.ts';

interface ContactField {
  readonly parameter: string;
  readonly description: string;
  readonly required: boolean;
  readonly pattern: RegExp;
}

const line = /^[^\p{Cc}]{1,255}$/u;

const fields = {
  fname: { parameter: 'first-name', description: 'First name.', required: true, pattern: line },
  lname: { parameter: 'last-name', description: 'Last name.', required: true, pattern: line },
  organization: { parameter: 'organization', description: 'Organisation.', required: true, pattern: line },
  title: { parameter: 'title', description: 'Position in the organisation.', required: false, pattern: line },
  address: { parameter: 'address', description: 'A line of the address.', required: true, pattern: line },
  pcode: { parameter: 'postal-code', description: 'Postal code.', required: true, pattern: line },
  city: { parameter: 'city', description: 'City.', required: true, pattern: line },
  country: {
    parameter: 'country',
    description: 'Country as two capital letters (ISO 3166-1), e.g. DE.',
    required: true,
    pattern: /^[A-Z]{2}$/,
  },
  state: { parameter: 'state', description: 'State or province.', required: false, pattern: line },
  phone: {
    parameter: 'phone',
    description: 'Telephone, e.g. +49-123-12345.',
    required: true,
    pattern: /^\+\d{1,3}-\d{1,6}-\d{1,12}$/,
  },
  fax: {
    parameter: 'fax',
    description: 'Fax, written like the telephone.',
    required: false,
    pattern: /^\+\d{1,3}-\d{1,6}-\d{1,12}$/,
  },
  email: {
    parameter: 'email',
    description: 'E-mail address.',
    required: true,
    pattern: /^[^\s@\p{Cc}]{1,64}@[^\s@\p{Cc}]{1,190}$/u,
  },
} as const satisfies Record<Exclude<keyof SslContact, 'id'>, ContactField>;

type FieldName = keyof typeof fields;

const contactFields = Object.keys(fields).filter((name): name is FieldName => Object.hasOwn(fields, name));

/** @param whole whether everything that a new contact needs must be given. */
export function contactParameters(whole: boolean): readonly OperationParameter[] {
  return contactFields.map((name) => {
    const { parameter, description, required } = fields[name];
    return {
      name: parameter,
      description,
      ...(whole && required ? { required: true } : {}),
      ...(name === 'address' ? { several: true } : {}),
    };
  });
}

/** The fields that were given, the others as they are. Throws `usage` for one that cannot be. */
export function contactOf(
  given: Readonly<Record<string, readonly string[]>>,
  present?: SslContact,
): SslContact {
  const values = new Map<string, unknown>(contactFields.map((name) => [name, present?.[name]]));
  for (const name of contactFields) {
    const { parameter, description, pattern } = fields[name];
    const texts = given[parameter] ?? [];
    if (!texts.every((text) => pattern.test(text)))
      throw new RenewdError('usage', `${parameter}: ${description}`);
    if (texts.length > 0) values.set(name, name === 'address' ? texts : texts[0]);
  }
  return parseAs(contactSchema, Object.fromEntries(values), 'a contact');
}
