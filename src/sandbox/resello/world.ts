/** What the simulated vendor remembers: accounts with their certificates, orders and invoices. */
import type {
  CaCertificate,
  DcvRequirement,
  Invoice,
  ParsedCsr,
  SandboxCa,
  SandboxClock,
} from '../contract.ts';
import type { RandomSource } from '../vendor-kit/random.ts';
import type { ReselloOptions } from './options.ts';
import type { Plan } from './plans.ts';

export type DcvMethod = 'DNS' | 'FILE' | 'EMAIL';

/** How control over one name is shown. */
export interface ValidationItem {
  readonly domain: string;
  readonly requirement: DcvRequirement;
}

/** The text fields of a request, by the document's names. */
export type Fields = ReadonlyMap<string, string>;

/** What one order is for; the certificate takes it over when the CA has issued. */
export interface Details {
  readonly plan: Plan;
  readonly fields: Fields;
  /** As sent, and with LF and 64 columns. */
  readonly csrText: string;
  readonly csrPem: string;
  readonly csr: ParsedCsr;
  /** Common name first. */
  readonly names: readonly string[];
  readonly method: DcvMethod;
  readonly items: readonly ValidationItem[];
}

export type OrderKind = 'create' | 'renew' | 'reissue';

/** A create, renew or reissue that the CA has not decided yet. */
export interface OpenOrder {
  readonly kind: OrderKind;
  readonly createdAt: Date;
  readonly paidUntil: Date;
  details: Details;
  caOrderId?: string;
  /** Why the CA did not take it. */
  refusal?: string;
}

/** What reads show of a certificate. */
export interface Shown {
  readonly status: keyof ReselloOptions['words'];
  readonly details: Details;
  readonly issued: CaCertificate | undefined;
  readonly paidUntil: Date;
  readonly updatedAt: Date;
}

export interface Certificate {
  readonly id: string;
  readonly createdAt: Date;
  readonly eeReferenceOrderId: string | undefined;
  /** Reads find it from this moment on. */
  readonly visibleFrom: Date;
  updatedAt: Date;
  /** Of the last order that went through; before there is one, of the first. */
  details: Details;
  paidUntil: Date;
  issued?: CaCertificate;
  /** Every certificate of the CA in here, the newest last. */
  readonly serials: { readonly serialHex: string; revoked: boolean }[];
  open?: OpenOrder;
  failure?: { readonly at: Date; readonly reason: string };
  deletedAt?: Date;
  stale?: { readonly until: Date; readonly shown: Shown };
}

export interface ReselloAccount {
  /** `api_username` and `api_key`. */
  readonly username: string;
  readonly apiKey: string;
}

export interface Account {
  readonly login: ReselloAccount;
  readonly certificates: Map<string, Certificate>;
  readonly invoices: Invoice[];
  credit: number | undefined;
}

export interface World {
  readonly ca: SandboxCa;
  readonly clock: SandboxClock;
  readonly random: RandomSource;
  readonly options: ReselloOptions;
  readonly accounts: readonly Account[];
}
