/** What a command is asked with, in our words, and the parameters that it becomes. Reference Manual (2022), 8.1 and 8.3.1. */
import { pemLines, type Parameters } from '../../vendors/command-text/wire.ts';
import type { ContactOrganization, OrderOptions, Person } from './config.ts';
import type { DcvMethodWord } from './mapping.ts';

/** Every certificate command says it, because sources differ about the default. */
export const apiversion = 2;

export interface CheckParameters {
  readonly class?: string;
  readonly domains?: readonly string[];
  readonly csrPem?: string;
  readonly certificatePem?: string;
  /** Needs class and CSR; the token is valid for 30 days (9.1.20). */
  readonly generateDcvToken?: boolean;
}

export interface AddParameters {
  readonly class: string;
  /** The first becomes the common name. */
  readonly domains: readonly string[];
  readonly csrPem: string;
  readonly dcvMethod?: DcvMethodWord;
  /** One per domain, or none. */
  readonly dcvEmails?: readonly string[];
  /** From CheckCertificate, published already (9.1.20). */
  readonly dcvToken?: string;
  readonly serviceTags?: readonly string[];
  readonly options: Partial<OrderOptions>;
}

export interface RenewParameters {
  readonly certificate: string;
  readonly csrPem?: string;
  readonly domains?: readonly string[];
  readonly dcvMethod?: DcvMethodWord;
  readonly dcvEmails?: readonly string[];
  readonly dcvToken?: string;
  readonly options?: Partial<Pick<OrderOptions, 'period' | 'dcvScope' | 'caCertificate' | 'algorithm'>>;
}

export interface ReissueParameters {
  readonly certificate: string;
  readonly csrPem: string;
  readonly dcvToken?: string;
  readonly options?: Partial<Pick<OrderOptions, 'dcvScope' | 'caCertificate' | 'algorithm'>>;
}

/** Patterns, with `*` where the API takes wildcards (8.1.8); `domain` is in the knowledge base only. */
export interface ListParameters {
  readonly certificate?: string;
  readonly certificateOrder?: string;
  readonly status?: string;
  readonly class?: string;
  readonly serverType?: string;
  readonly domain?: string;
  readonly createdDate?: string;
  readonly updatedDate?: string;
  readonly expirationDate?: string;
  readonly serviceTags?: readonly string[];
  readonly includeSubAccounts?: boolean;
  readonly wide: boolean;
  /** Index of the first row, from 0. */
  readonly first?: number;
  readonly limit?: number;
}

/** 8.2.4. */
export interface OrderListParameters {
  readonly certificateOrder?: string;
  readonly status?: string;
  readonly class?: string;
  readonly paidUntil?: string;
  readonly createdDate?: string;
  readonly updatedDate?: string;
  readonly wide: boolean;
  readonly first?: number;
  readonly limit?: number;
}

/** Columns that the list of contacts can be narrowed by, as the API names them (8.3.3). */
export const contactFilters = [
  'certificatecontact',
  'type',
  'jobtitle',
  'firstname',
  'lastname',
  'phone',
  'email',
  'organization',
  'organizationdba',
  'organizationstreet',
  'organizationcity',
  'organizationzip',
  'organizationstate',
  'organizationcountry',
  'organizationphone',
  'organizationcategory',
  'createddate',
  'updateddate',
] as const;
export type ContactFilter = (typeof contactFilters)[number];

export interface ContactListParameters {
  readonly filters?: Readonly<Partial<Record<ContactFilter, string>>>;
  readonly wide: boolean;
  readonly first?: number;
  readonly limit?: number;
}

export const contactTypes = ['tech', 'organization', 'evapprover'] as const;
export type ContactType = (typeof contactTypes)[number];

/** A new CertificateContact: from data, or from handles of the account (8.3.1, 9.1.7 to 9.1.9). */
export interface ContactParameters {
  readonly type: ContactType;
  /** An existing person, e.g. P-ABC123. */
  readonly personHandle?: string;
  /** An existing organisation, e.g. O-ABC456. */
  readonly organizationHandle?: string;
  readonly person?: Person;
  readonly organization?: ContactOrganization;
}

/** 8.4.3. It is no certificate command: without one of our classes it tells nothing about API 2. */
export interface SyntaxParameters {
  readonly command?: string;
  readonly class?: string;
  readonly type?: 'REQUEST' | 'RESPONSE';
}

export function checkParameters(check: CheckParameters): Parameters {
  return {
    apiversion,
    generatedcvtoken: check.generateDcvToken === true ? 1 : undefined,
    class: check.class,
    domain: check.domains,
    csr: optionalPem(check.csrPem),
    crt: optionalPem(check.certificatePem),
  };
}

export function addParameters(order: AddParameters): Parameters {
  const { options } = order;
  return {
    apiversion,
    class: order.class,
    ...techContact(options.techContact),
    ...organization(options.organization),
    ...evApprover(options.evApprover),
    dcvmethod: order.dcvMethod,
    domain: order.domains,
    dcvemail: order.dcvEmails,
    dcvtoken: order.dcvToken,
    dcvscope: options.dcvScope,
    dcvlanguage: options.language,
    csr: pemLines(order.csrPem),
    period: options.period,
    servertype: options.serverType,
    cacertificate: options.caCertificate,
    algorithm: options.algorithm,
    noautofilldomains: options.noAutoFillDomains === true ? 1 : undefined,
    servicetag: order.serviceTags,
  };
}

export function renewParameters(renewal: RenewParameters): Parameters {
  const { options = {} } = renewal;
  return {
    apiversion,
    certificate: renewal.certificate,
    csr: optionalPem(renewal.csrPem),
    domain: renewal.domains,
    dcvmethod: renewal.dcvMethod,
    dcvemail: renewal.dcvEmails,
    dcvtoken: renewal.dcvToken,
    dcvscope: options.dcvScope,
    period: options.period,
    cacertificate: options.caCertificate,
    algorithm: options.algorithm,
  };
}

export function reissueParameters(reissue: ReissueParameters): Parameters {
  const { options = {} } = reissue;
  return {
    apiversion,
    certificate: reissue.certificate,
    csr: pemLines(reissue.csrPem),
    dcvtoken: reissue.dcvToken,
    dcvscope: options.dcvScope,
    cacertificate: options.caCertificate,
    algorithm: options.algorithm,
  };
}

export function listParameters(list: ListParameters): Parameters {
  return {
    apiversion,
    wide: list.wide ? 1 : undefined,
    certificate: list.certificate,
    certificateorder: list.certificateOrder,
    status: list.status,
    class: list.class,
    servertype: list.serverType,
    domain: list.domain,
    createddate: list.createdDate,
    updateddate: list.updatedDate,
    expirationdate: list.expirationDate,
    servicetag: list.serviceTags,
    includesub: list.includeSubAccounts === true ? 1 : undefined,
    first: list.first,
    limit: list.limit,
  };
}

export function orderListParameters(list: OrderListParameters): Parameters {
  return {
    apiversion,
    wide: list.wide ? 1 : undefined,
    certificateorder: list.certificateOrder,
    status: list.status,
    class: list.class,
    paiduntil: list.paidUntil,
    createddate: list.createdDate,
    updateddate: list.updatedDate,
    first: list.first,
    limit: list.limit,
  };
}

export function contactListParameters(list: ContactListParameters): Parameters {
  return {
    apiversion,
    wide: list.wide ? 1 : undefined,
    ...list.filters,
    first: list.first,
    limit: list.limit,
  };
}

export function contactParameters(contact: ContactParameters): Parameters {
  const { person } = contact;
  return {
    apiversion,
    type: contact.type,
    phandle: contact.personHandle,
    ohandle: contact.organizationHandle,
    firstname: person?.firstName,
    lastname: person?.lastName,
    phone: person?.phone,
    email: person?.email,
    jobtitle: person?.jobTitle,
    ...(contact.organization === undefined ? {} : organization(contact.organization)),
  };
}

function optionalPem(pem: string | undefined): readonly string[] | undefined {
  return pem === undefined ? undefined : pemLines(pem);
}

function techContact(contact: OrderOptions['techContact']): Parameters {
  if (contact === undefined) return {};
  if (typeof contact === 'string') return { techcontact: [contact] };
  return {
    techfirstname: [contact.firstName],
    techlastname: [contact.lastName],
    techphone: [contact.phone],
    techemail: [contact.email],
    techjobtitle: contact.jobTitle,
  };
}

function evApprover(contact: OrderOptions['evApprover']): Parameters {
  if (contact === undefined) return {};
  if (typeof contact === 'string') return { evapprovercontact: [contact] };
  return {
    evapproverfirstname: contact.firstName,
    evapproverlastname: contact.lastName,
    evapproverphone: contact.phone,
    evapproveremail: contact.email,
    evapproverjobtitle: contact.jobTitle,
  };
}

function organization(contact: OrderOptions['organization'] | ContactOrganization): Parameters {
  if (contact === undefined) return {};
  if (typeof contact === 'string') return { organizationcontact: contact };
  return {
    organizationname: contact.name,
    organizationdba: contact.dba,
    organizationstreet: contact.street,
    organizationzip: contact.zip,
    organizationcity: contact.city,
    organizationstate: contact.state,
    organizationcountry: contact.country,
    organizationphone: contact.phone,
    organizationemail: contact.email,
  };
}
