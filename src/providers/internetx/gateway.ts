/**
 * InterNetX's tasks as functions, typed, the same for both encodings: json-gateway.ts speaks the JSON API, xml-gateway.ts
 * the XML gateway. No policy, no retries, no waiting: a task is sent once, and its result returned or the error thrown
 * that vendors/internetx/errors.ts makes of the answer. What an encoding has no attested task for is absent.
 *
 * *Repeatable* means that sending a task again does no more than sending it once; only those are ever sent again.
 */
import type {
  Certificate,
  DomainAuthentication,
  ObjectJob,
  PollMessage,
  Prepared,
  SslContact,
} from './schema.ts';

/** A checked object, with the answer's own fields (names of the JSON API in both encodings) for showing to people. */
export interface Seen<T> {
  readonly value: T;
  readonly raw: unknown;
}

export interface Page<T> {
  readonly rows: readonly Seen<T>[];
  /** Number of objects in the whole list, where it is said; a hint. */
  readonly summary: number | undefined;
}

export interface ListFilter {
  /** As the vendor names it: name, product, orderId, created, expire, comment, id, object … */
  readonly key: string;
  /** `LIKE` takes the vendor's wildcard `*`. */
  readonly operator: 'EQUAL' | 'LIKE';
  readonly value: string;
}

export interface ListQuery {
  /** All must hold; the XML gateway takes one. */
  readonly filters: readonly ListFilter[];
  readonly limit: number;
  readonly offset: number;
  /** Fields that rows are to have beside id and name. */
  readonly keys: readonly string[];
}

export interface PrepareRequest {
  readonly csrPem: string;
  readonly product: string;
  /** With it the provider also checks that the validation method is not changed. */
  readonly previous?: { readonly certificateId: string; readonly businessCase: 'RENEW' | 'REISSUE' };
  readonly checkCaa: boolean;
}

export interface OrderAuthentication {
  readonly method: 'DNS' | 'FILE' | 'EMAIL';
  readonly dns?: string | undefined;
  readonly fileName?: string | undefined;
  readonly fileContent?: string | undefined;
  readonly approverEmails?: readonly string[] | undefined;
  /** InterNetX is to write the record itself. */
  readonly provisioning?: boolean | undefined;
  /** Prepared values of further names, as they were handed out. */
  readonly domains?: readonly DomainAuthentication[] | undefined;
}

/** The certificate object of create, realtime, reissue and renew. */
export interface CertificateOrder {
  readonly adminContact?: string | undefined;
  readonly technicalContact?: string | undefined;
  /** The common name. */
  readonly name: string;
  /** The other names. */
  readonly alternatives: readonly string[];
  readonly lifetimeMonths: number;
  readonly software: string;
  readonly csrPem: string;
  readonly product: string;
  readonly authentication: OrderAuthentication;
  readonly transparency?: 'PUBLIC' | 'REDACTED' | undefined;
}

/** What an accepted order or deletion says; without a job's id it has to be looked for. */
export interface Accepted {
  readonly jobId: string | undefined;
  /** The job's, or the type of the answer. */
  readonly status: string;
  /** The answer's code or type, for messages. */
  readonly word: string;
}

export interface InternetxGateway {
  /** JSON `GET /hello`: connection and credentials work (help page JSON API Basics). Repeatable. */
  readonly hello?: (signal: AbortSignal) => Promise<void>;

  /** 400110, reissue walkthrough, "Create DNS Record and check CSR". Repeatable: orders nothing. */
  readonly prepareOrder: (request: PrepareRequest, signal: AbortSignal) => Promise<Prepared>;
  /** 400101. Paid, not repeatable. `reference` returns as `ctid`. */
  readonly create: (order: CertificateOrder, reference: string, signal: AbortSignal) => Promise<Accepted>;
  /** 4001012 (OpenAPI 2026; no XML form is attested). Paid, not repeatable. Undefined: accepted, but unreadable. */
  readonly realtime?: (
    order: CertificateOrder,
    reference: string,
    signal: AbortSignal,
  ) => Promise<{ readonly certificate: Certificate | undefined; readonly word: string }>;
  /** 400102, reissue walkthrough, "Certificate Reissue". Not repeatable: each is another certificate. */
  readonly reissue: (
    id: string,
    order: CertificateOrder,
    reference: string,
    signal: AbortSignal,
  ) => Promise<Accepted>;
  /** 400106, help page Certificate Renew. Paid, not repeatable. */
  readonly renew: (
    id: string,
    order: CertificateOrder,
    reference: string,
    signal: AbortSignal,
  ) => Promise<Accepted>;
  /** 400103: the whole certificate and its paid term. Not repeatable. */
  readonly remove: (id: string, signal: AbortSignal) => Promise<Accepted>;
  /** 4001031, help page Certificate Revoke: one superseded serial number. Not repeatable. */
  readonly revoke: (id: string, serialNumber: string, signal: AbortSignal) => Promise<void>;
  /** 400104, reissue walkthrough, "Inquire Certificate Data". Repeatable. */
  readonly info: (id: string, signal: AbortSignal) => Promise<Seen<Certificate> | undefined>;
  /** 400105. Repeatable. Newest first. */
  readonly list: (query: ListQuery, signal: AbortSignal) => Promise<Page<Certificate>>;
  /** 4001024 (OpenAPI 2026; no XML form is attested). Repeatable: the second writes the same text. */
  readonly comment?: (id: string, comment: string, signal: AbortSignal) => Promise<void>;

  /** 0905: the oldest unconfirmed message. Repeatable. Undefined: the queue is empty. */
  readonly pollInfo: (signal: AbortSignal) => Promise<Seen<PollMessage> | undefined>;
  /** 0906. Repeatable: confirming a message twice changes nothing more than once does. */
  readonly pollConfirm: (id: string, signal: AbortSignal) => Promise<void>;

  /** 300114, XML 400114: a running job. Repeatable. Throws `provider-object-missing` when it has ended. */
  readonly jobInfo: (id: string, signal: AbortSignal) => Promise<Seen<ObjectJob> | undefined>;
  /** 300134; over XML the row of the list 400135. Repeatable. */
  readonly jobHistoryInfo: (id: string, signal: AbortSignal) => Promise<Seen<ObjectJob> | undefined>;
  /** 300115, XML 400115 (help page Managing Certificate Orders). Repeatable. Running jobs, newest first. */
  readonly jobList: (query: ListQuery, signal: AbortSignal) => Promise<Page<ObjectJob>>;
  /** 300135, XML 400135. Repeatable. Ended jobs. */
  readonly jobHistoryList: (query: ListQuery, signal: AbortSignal) => Promise<Page<ObjectJob>>;
  /** 300117: runs the present step again (OpenAPI 2026; no XML form is attested). Repeatable. */
  readonly jobRetry?: (id: string, signal: AbortSignal) => Promise<void>;
  /** 300121 (OpenAPI 2026; no XML form is attested). Repeatable: the second finds nothing to cancel. */
  readonly jobCancel?: (id: string, signal: AbortSignal) => Promise<void>;
  /** 400118: the approval mail once more. Repeatable: at worst it comes twice. */
  readonly resendApproverMail: (jobId: string, signal: AbortSignal) => Promise<void>;

  /** 400201. Not repeatable: a second one is a second contact. The new contact's id. */
  readonly contactCreate: (contact: SslContact, signal: AbortSignal) => Promise<string>;
  /** 400202. Repeatable: the whole contact is written. */
  readonly contactUpdate: (id: string, contact: SslContact, signal: AbortSignal) => Promise<void>;
  /** 400203. Repeatable: the second finds nothing. */
  readonly contactRemove: (id: string, signal: AbortSignal) => Promise<void>;
  /** 400204. Repeatable. */
  readonly contactInfo: (id: string, signal: AbortSignal) => Promise<Seen<SslContact> | undefined>;
  /** 400205. Repeatable. */
  readonly contactList: (query: ListQuery, signal: AbortSignal) => Promise<Page<SslContact>>;

  readonly close: () => Promise<void>;
}
