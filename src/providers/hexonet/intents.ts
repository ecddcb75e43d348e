/**
 * Every variant of ordering that the document knows, as types: what cannot be said here cannot be sent. Keys travel as
 * secrets. Source: hexonet-ssl-api, CreateSSLCert, RenewSSLCert and ReissueSSLCert; the rest of ReissueSSLCert and
 * SERVERSOFTWARE from the vendor's command pages.
 */
import type { Secret } from '../../core/certificate.ts';
import { pemLines } from '../../vendors/command-text/wire.ts';
import type { Value } from '../../vendors/hexonet/command.ts';

/** A handle, or plain data in which null is the document's `<NULL>`. */
export type ContactIntent = string | PlainContact;

export interface PlainContact {
  readonly organization?: string | null | undefined;
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
  readonly street?: string | null | undefined;
  readonly city?: string | null | undefined;
  readonly state?: string | null | undefined;
  readonly zip?: string | null | undefined;
  readonly country?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly fax?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly title?: string | null | undefined;
}

const roles = ['owner', 'admin', 'tech', 'billing', 'csr'] as const;
export type Contacts = Readonly<Partial<Record<(typeof roles)[number], ContactIntent | undefined>>>;

export type ValidationWord = 'DNSZONE' | 'URL' | 'EMAIL';

/** Of the name at the same place. Without a method the vendor chooses: e-mail, or the method of last time. */
export interface NameValidation {
  readonly method?: ValidationWord | undefined;
  readonly email?: string | undefined;
}

/** Where key and CSR come from. */
export type KeySource =
  /** Our CSR; the names may be left to it. */
  | { readonly from: 'csr'; readonly csrPem: string }
  /** The vendor makes the CSR for this private key. */
  | { readonly from: 'own-key'; readonly pem: Secret }
  /** The vendor makes key and CSR. */
  | { readonly from: 'vendor'; readonly keyLength?: number | undefined };

export type RenewKeySource =
  | KeySource
  /** The CSR of last time. */
  | { readonly from: 'current' }
  /** A new CSR for the private key that the vendor holds. */
  | { readonly from: 'current-key' };

interface OrderIntent {
  readonly domains?: readonly string[];
  readonly validations?: readonly NameValidation[];
  readonly contacts?: Contacts;
  readonly internalDns?: boolean;
  /** Years. */
  readonly period?: number | undefined;
  readonly serverSoftware?: string | undefined;
}

export interface CreateIntent extends OrderIntent {
  readonly className: string;
  readonly key: KeySource;
}

export interface RenewIntent extends OrderIntent {
  readonly certificateId: string;
  readonly key: RenewKeySource;
}

export interface ReissueIntent extends Pick<
  OrderIntent,
  'domains' | 'validations' | 'contacts' | 'internalDns'
> {
  readonly certificateId: string;
  readonly key: KeySource;
}

type Values = Readonly<Record<string, Value>>;

/** CreateSSLCert. A key that the vendor makes is what it does unless told otherwise. */
export function createValues(intent: CreateIntent): Values {
  return { sslcertclass: intent.className, ...orderValues(intent), ...keyValues(intent.key, false) };
}

/** RenewSSLCert. Here the vendor goes on with the CSR of last time unless told otherwise. */
export function renewValues(intent: RenewIntent): Values {
  const { certificateId, key } = intent;
  return { sslcertid: certificateId, ...orderValues(intent), ...renewKeyValues(key) };
}

/** ReissueSSLCert. */
export function reissueValues(intent: ReissueIntent): Values {
  return { sslcertid: intent.certificateId, ...orderValues(intent), ...keyValues(intent.key, true) };
}

function orderValues(intent: OrderIntent): Values {
  const { domains, validations, contacts = {}, internalDns, period, serverSoftware } = intent;
  return {
    domain: domains,
    ...validationValues(validations ?? []),
    internaldns: internalDns === true ? 1 : undefined,
    period,
    serversoftware: serverSoftware,
    ...contactValues(contacts),
  };
}

function renewKeyValues(key: RenewKeySource): Values {
  switch (key.from) {
    case 'current':
      return {};
    case 'current-key':
      return { createcsr: 1 };
    case 'csr':
    case 'own-key':
    case 'vendor':
      return keyValues(key, true);
  }
}

/** `asked`: whether a key of the vendor's must be asked for. */
function keyValues(key: KeySource, asked: boolean): Values {
  switch (key.from) {
    case 'csr':
      return { csr: pemLines(key.csrPem) };
    case 'own-key':
      return { pem: key.pem };
    case 'vendor':
      return { createprivatekey: asked ? 1 : undefined, keylength: key.keyLength };
  }
}

/** Numbered one by one: a name without a word of its own leaves a gap. */
function validationValues(validations: readonly NameValidation[]): Values {
  const values: Record<string, Value> = {};
  for (const [index, { method, email }] of validations.entries()) {
    values[`validation${index}`] = method;
    values[`validationemail${index}`] = email;
  }
  return values;
}

function contactValues(contacts: Contacts): Values {
  const values: Record<string, Value> = {};
  for (const role of roles) {
    const contact = contacts[role];
    if (contact === undefined) continue;
    if (typeof contact === 'string') {
      values[`${role}contact0`] = contact;
    } else {
      for (const [field, value] of Object.entries(contact)) {
        values[`${role}contact0${field.toLowerCase()}`] = nullable(value);
      }
    }
  }
  return values;
}

function nullable(value: unknown): string | null | undefined {
  return value === null || typeof value === 'string' ? value : undefined;
}
