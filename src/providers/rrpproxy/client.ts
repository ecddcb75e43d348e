/**
 * One function per remote command, section of the Reference Manual (2022) above it, each marked *repeatable* or not.
 * Every certificate command says apiversion=2, because sources differ about the default. No policy here.
 */
import type { Reply, Transport } from './transport.ts';
import { pemLines, type Parameters } from '../../vendors/command-text/wire.ts';
import type { DcvMethodWord } from './mapping.ts';
import type { OrderOptions } from './config.ts';

const apiversion = 2;

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
  readonly dcvToken?: string;
  readonly serviceTag?: string;
  readonly options: Partial<OrderOptions>;
}

export interface RenewParameters {
  readonly certificate: string;
  readonly csrPem?: string;
  readonly domains?: readonly string[];
  readonly dcvMethod?: DcvMethodWord;
  readonly dcvEmails?: readonly string[];
  readonly options?: Partial<Pick<OrderOptions, 'period' | 'dcvScope' | 'caCertificate' | 'algorithm'>>;
}

export interface ReissueParameters {
  readonly certificate: string;
  readonly csrPem: string;
  readonly options?: Partial<Pick<OrderOptions, 'dcvScope' | 'caCertificate' | 'algorithm'>>;
}

export interface ListParameters {
  readonly serviceTag?: string;
  readonly domain?: string;
  readonly wide: boolean;
  /** Index of the first row, from 0. */
  readonly first?: number;
  readonly limit?: number;
}

export interface EventListParameters {
  /** With wildcards, e.g. "CERTIFICATE*". */
  readonly class: string;
  readonly limit: number;
}

export type Client = ReturnType<typeof createClient>;

export function createClient(transport: Transport) {
  const repeatable = (command: string, parameters: Parameters, signal: AbortSignal): Promise<Reply> =>
    transport.send(command, parameters, { repeatable: true, signal });
  const notRepeatable = (command: string, parameters: Parameters, signal: AbortSignal): Promise<Reply> =>
    transport.send(command, parameters, { repeatable: false, signal });

  return {
    /** 8.1.1. Repeatable: CSR contents, approver addresses, validation token. */
    checkCertificate: (check: CheckParameters, signal: AbortSignal) =>
      repeatable('CheckCertificate', checkParameters(check), signal),

    /** 8.1.2. Not repeatable: orders. */
    addCertificate: (order: AddParameters, signal: AbortSignal) =>
      notRepeatable('AddCertificate', addParameters(order), signal),

    /** 8.1.2 with checkonly=1 (9.1.13). Repeatable: names and price of an order that is not placed. */
    previewCertificate: (order: AddParameters, signal: AbortSignal) =>
      repeatable('AddCertificate', { ...addParameters(order), checkonly: 1 }, signal),

    /** 8.1.3. Not repeatable: a new certificate and a new order. */
    renewCertificate: (renewal: RenewParameters, signal: AbortSignal) =>
      notRepeatable('RenewCertificate', renewParameters(renewal), signal),

    /** 8.1.4. Not repeatable: free, but each one is another certificate. */
    reissueCertificate: (reissue: ReissueParameters, signal: AbortSignal) =>
      notRepeatable('ReissueCertificate', reissueParameters(reissue), signal),

    /** 8.1.6. Repeatable: the second has nothing left to do. It takes no reason. */
    revokeCertificate: (certificate: string, signal: AbortSignal) =>
      repeatable('RevokeCertificate', { apiversion, certificate }, signal),

    /** 8.1.7. Repeatable. */
    statusCertificate: (certificate: string, signal: AbortSignal) =>
      repeatable('StatusCertificate', { apiversion, certificate }, signal),

    /** 8.1.8; `domain` from the knowledge base. Repeatable. */
    queryCertificateList: (list: ListParameters, signal: AbortSignal) =>
      repeatable('QueryCertificateList', listParameters(list), signal),

    /** 8.2.1. Repeatable: the second has nothing left to do. */
    cancelCertificateOrder: (certificateorder: string, signal: AbortSignal) =>
      repeatable('CancelCertificateOrder', { apiversion, certificateorder }, signal),

    /** 8.4.1, as 9.1.27: also makes the CA look again. Repeatable. No certificate command: takes no apiversion. */
    resendNotification: (certificate: string, signal: AbortSignal) =>
      repeatable('ResendNotification', { type: 'CERTIFICATE', object: certificate }, signal),

    /** Knowledge base, QueryEventList. Repeatable. Oldest first. */
    queryEventList: (list: EventListParameters, signal: AbortSignal) =>
      repeatable(
        'QueryEventList',
        { class: list.class, wide: 1, first: 0, limit: list.limit, orderby: 'DATE', order: 'ASC' },
        signal,
      ),

    /** Knowledge base, StatusEvent. Repeatable. */
    statusEvent: (event: string, signal: AbortSignal) => repeatable('StatusEvent', { event }, signal),

    /** Knowledge base, DeleteEvent. Repeatable: the second finds nothing. */
    deleteEvent: (event: string, signal: AbortSignal) => repeatable('DeleteEvent', { event }, signal),
  };
}

function checkParameters(check: CheckParameters): Parameters {
  return {
    apiversion,
    generatedcvtoken: check.generateDcvToken === true ? 1 : undefined,
    class: check.class,
    domain: check.domains,
    csr: optionalPem(check.csrPem),
    crt: optionalPem(check.certificatePem),
  };
}

function addParameters(order: AddParameters): Parameters {
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
    servicetag: order.serviceTag === undefined ? undefined : [order.serviceTag],
  };
}

function renewParameters(renewal: RenewParameters): Parameters {
  const { options = {} } = renewal;
  return {
    apiversion,
    certificate: renewal.certificate,
    csr: optionalPem(renewal.csrPem),
    domain: renewal.domains,
    dcvmethod: renewal.dcvMethod,
    dcvemail: renewal.dcvEmails,
    dcvscope: options.dcvScope,
    period: options.period,
    cacertificate: options.caCertificate,
    algorithm: options.algorithm,
  };
}

function reissueParameters(reissue: ReissueParameters): Parameters {
  const { options = {} } = reissue;
  return {
    apiversion,
    certificate: reissue.certificate,
    csr: pemLines(reissue.csrPem),
    dcvscope: options.dcvScope,
    cacertificate: options.caCertificate,
    algorithm: options.algorithm,
  };
}

function listParameters(list: ListParameters): Parameters {
  return {
    apiversion,
    wide: list.wide ? 1 : undefined,
    domain: list.domain,
    servicetag: list.serviceTag === undefined ? undefined : [list.serviceTag],
    first: list.first,
    limit: list.limit,
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

function organization(contact: OrderOptions['organization']): Parameters {
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
