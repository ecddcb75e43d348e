/** Certificate orders and contacts as plain JSON data, for people. */
import { column, type Answer } from '../../vendors/command-text/wire.ts';
import { bounded } from '../../vendors/common/text.ts';
import { isoDate, text } from '../../vendors/rrpproxy/fields.ts';
import { identifier, isId, parseDate } from '../../vendors/command-text/fields.ts';

export interface CertificateOrder {
  readonly orderId: string | undefined;
  readonly class: string | undefined;
  readonly ca: string | undefined;
  readonly status: string | undefined;
  readonly paidUntil: string | undefined;
  readonly createdAt: string | undefined;
  readonly createdBy: string | undefined;
  readonly updatedAt: string | undefined;
  readonly updatedBy: string | undefined;
  readonly certificates: readonly {
    readonly certificateId: string;
    readonly status: string | undefined;
    readonly expiresAt: string | undefined;
  }[];
}

/** 8.2.3. The sample (9.1.30) prints the second expiration date with the first one's index; the reader mends that. */
export function readCertificateOrder(answer: Answer): CertificateOrder {
  const statuses = column(answer, 'CERTIFICATESTATUS');
  const ends = column(answer, 'CERTIFICATEEXPIRATIONDATE');
  return {
    orderId: identifier(answer, 'CERTIFICATEORDER'),
    class: text(answer, 'CLASS'),
    ca: text(answer, 'CA'),
    status: text(answer, 'STATUS'),
    paidUntil: isoDate(answer, 'PAIDUNTIL'),
    createdAt: isoDate(answer, 'CREATEDDATE'),
    createdBy: text(answer, 'CREATEDBY'),
    updatedAt: isoDate(answer, 'UPDATEDDATE'),
    updatedBy: text(answer, 'UPDATEDBY'),
    certificates: column(answer, 'CERTIFICATE').flatMap((certificateId, index) => {
      if (certificateId === undefined || !isId(certificateId)) return [];
      const status = statuses[index];
      return [
        {
          certificateId,
          status: status === undefined ? undefined : bounded(status, 100),
          expiresAt: parseDate(ends[index])?.toISOString(),
        },
      ];
    }),
  };
}

export interface CertificateContact {
  readonly contactId: string | undefined;
  readonly type: string | undefined;
  readonly status: string | undefined;
  readonly firstName: string | undefined;
  readonly lastName: string | undefined;
  readonly jobTitle: string | undefined;
  readonly email: string | undefined;
  readonly phone: string | undefined;
  readonly organization: Readonly<Record<OrganizationField, string | undefined>>;
  readonly createdAt: string | undefined;
  readonly updatedAt: string | undefined;
}

const organizationFields = [
  'name',
  'dba',
  'street',
  'zip',
  'city',
  'state',
  'country',
  'phone',
  'email',
  'category',
] as const;
type OrganizationField = (typeof organizationFields)[number];

/** 8.3.1 and 8.3.2; samples 9.1.7 to 9.1.9 and 9.1.12. All fields come whatever the type, empty where they do not apply. */
export function readContact(answer: Answer): CertificateContact {
  const organization = (field: OrganizationField): string | undefined =>
    text(answer, `ORGANIZATION${field.toUpperCase()}`, ...(field === 'name' ? ['ORGANIZATION'] : []));
  return {
    contactId: identifier(answer, 'CERTIFICATECONTACT'),
    type: text(answer, 'TYPE'),
    status: text(answer, 'STATUS'),
    firstName: text(answer, 'FIRSTNAME'),
    lastName: text(answer, 'LASTNAME'),
    jobTitle: text(answer, 'JOBTITLE'),
    email: text(answer, 'EMAIL'),
    phone: text(answer, 'PHONE'),
    organization: {
      name: organization('name'),
      dba: organization('dba'),
      street: organization('street'),
      zip: organization('zip'),
      city: organization('city'),
      state: organization('state'),
      country: organization('country'),
      phone: organization('phone'),
      email: organization('email'),
      category: organization('category'),
    },
    createdAt: isoDate(answer, 'CREATEDDATE'),
    updatedAt: isoDate(answer, 'UPDATEDDATE'),
  };
}
