/** What the simulated vendor remembers: users with their certificates, jobs, messages and contacts. */
import type {
  CaCertificate,
  DcvRequirement,
  Invoice,
  ParsedCsr,
  SandboxCa,
  SandboxClock,
} from '../contract.ts';
import type { SandboxDns } from '../dns/index.ts';
import type { RandomSource } from '../vendor-kit/random.ts';
import type { JsonObject, Message } from './envelope.ts';
import type { InternetxOptions } from './options.ts';
import type { Product } from './products.ts';

export type AuthMethod = 'DNS' | 'FILE' | 'EMAIL';

/** How control over the names of one order is shown. */
export interface Authentication {
  readonly method: AuthMethod;
  readonly provisioning: boolean;
  /** One per name that needs evidence of its own; the first is told at the top. */
  readonly items: readonly AuthenticationItem[];
}

export interface AuthenticationItem {
  readonly name: string;
  /** The zone line as prepared, byte for byte. */
  readonly dns?: string;
  readonly fileName?: string;
  readonly fileContent?: string;
  readonly approverEmails?: readonly string[];
  readonly requirement: DcvRequirement;
}

/** What an order is for; the certificate takes it over when the CA has issued. */
export interface OrderDetails {
  readonly name: string;
  readonly names: readonly string[];
  readonly alternativeNames: readonly string[];
  readonly product: Product;
  readonly csrPem: string;
  readonly csr: ParsedCsr;
  readonly software: string;
  readonly lifetime: { readonly unit: string; readonly period: number };
  readonly adminContact: number;
  readonly technicalContact: number;
  readonly authentication: Authentication;
  readonly transparency: string;
  readonly comment?: string;
}

export interface Certificate {
  readonly id: number;
  readonly createdAt: Date;
  updatedAt: Date;
  orderId: string;
  details: OrderDetails;
  paidUntil: Date;
  issued: CaCertificate;
  readonly histories: { serialHex: string; orderId: string; revokedAt?: Date }[];
}

export type JobAction = 'create' | 'reissue' | 'renew' | 'delete';

export interface Job {
  readonly id: number;
  readonly action: JobAction;
  readonly certificateId: number;
  readonly stid: string;
  readonly ctid: string | undefined;
  readonly details: OrderDetails;
  readonly orderId: string;
  readonly paidUntil: Date;
  readonly createdAt: Date;
  updatedAt: Date;
  caOrderId?: string;
  /** The CA gets the order at this moment; absent: it has it, or somebody must confirm it first. */
  submitAt?: Date;
  status: 'WAIT' | 'RUNNING' | 'DEFERRED' | 'SUCCESS' | 'FAILED' | 'CANCELED';
  messages: readonly Message[];
}

export interface PollMessage {
  readonly id: number;
  readonly createdAt: Date;
  readonly body: JsonObject;
  delivered: boolean;
}

export interface Contact {
  readonly id: number;
  readonly createdAt: Date;
  updatedAt: Date;
  fields: JsonObject;
}

export interface Prepared {
  readonly spkiSha256: string;
  readonly product: string;
  readonly authentications: readonly Authentication[];
}

export interface User {
  readonly user: string;
  readonly context: number;
  readonly certificates: Map<number, Certificate>;
  readonly jobs: Map<number, Job>;
  readonly queue: PollMessage[];
  /** Taken out of the queue by confirmation, oldest first. */
  readonly confirmed: PollMessage[];
  readonly contacts: Map<number, Contact>;
  readonly prepared: Prepared[];
  readonly invoices: Invoice[];
}

export interface World {
  readonly ca: SandboxCa;
  readonly clock: SandboxClock;
  /** Holds the zones the vendor manages; absent: it manages none that anybody could look at. */
  readonly dns: SandboxDns | undefined;
  readonly random: RandomSource;
  readonly options: InternetxOptions;
  readonly users: readonly User[];
  readonly startedAt: Date;
  nextStid: number;
  nextCertificateId: number;
  nextJobId: number;
  nextMessageId: number;
  nextContactId: number;
  foreignEvents: number;
}

export function isOpen(job: Job): boolean {
  return job.status === 'WAIT' || job.status === 'RUNNING' || job.status === 'DEFERRED';
}

export function ownerJson(user: User): JsonObject {
  return { context: user.context, user: user.user };
}
