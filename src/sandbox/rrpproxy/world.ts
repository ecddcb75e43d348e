/** What the simulated reseller remembers: accounts with their orders, certificates, contacts and events. */
import type {
  CaCertificate,
  DcvRequirement,
  Invoice,
  ParsedCsr,
  SandboxCa,
  SandboxClock,
} from '../contract.ts';
import type { SandboxDns } from '../dns/index.ts';
import { digits, unusedId } from '../vendor-kit/random.ts';
import type { RandomSource } from '../vendor-kit/random.ts';
import type { CertificateClass, DcvMethod } from './classes.ts';
import type { KeyDnsZone } from './keydns/zones.ts';
import type { LegacyOrder } from './legacy/model.ts';
import type { RrpproxyOptions } from './options.ts';

export type CertificateStatus =
  'active' | 'processing' | 'revoked' | 'failed' | 'canceled' | 'cancel_processing' | 'revoke_processing';

/** How control over one name is to be shown. */
export interface NameValidation {
  readonly name: string;
  readonly dcvDomain: string;
  readonly scope: 'base' | 'fqdn';
  readonly email?: string;
  readonly dnsRecord?: string;
  readonly bareToken?: string;
  readonly fileName?: string;
  readonly fileContents?: string;
  readonly requirement: DcvRequirement;
}

export interface Certificate {
  readonly id: string;
  readonly orderId: string;
  readonly kind: 'request' | 'reissue';
  readonly parentId?: string;
  readonly csrPem: string;
  readonly csr: ParsedCsr;
  readonly names: readonly string[];
  readonly dcvMethod: DcvMethod;
  readonly dcvScope: 'base' | 'fqdn' | undefined;
  /** The places were chosen with `dcvdomain`, and are kept for what follows. */
  readonly dcvDomainsChosen: boolean;
  validations: readonly NameValidation[];
  readonly serverType: string;
  readonly techContacts: readonly string[];
  readonly organizationContact?: string;
  readonly evApproverContact?: string;
  serviceTags: readonly string[];
  readonly caCertificateId: string;
  caOrderId: string;
  status: CertificateStatus;
  issued?: CaCertificate;
  closesAt?: Date;
  statusRead: boolean;
  readonly createdAt: Date;
  updatedAt: Date;
}

export interface CertificateOrder {
  readonly id: string;
  readonly cls: CertificateClass;
  readonly caReference: string;
  readonly certificateIds: string[];
  readonly paidUntil: Date;
  readonly price: number;
  closed?: 'canceled' | 'revoked';
  readonly createdAt: Date;
  updatedAt: Date;
}

export interface Contact {
  readonly id: string;
  readonly type: 'organization' | 'tech' | 'evapprover';
  /** By the vendor's parameter names. */
  readonly fields: Readonly<Record<string, string>>;
  readonly createdAt: Date;
}

export interface VendorEvent {
  readonly id: number;
  readonly eventClass: string;
  readonly subclass: string;
  readonly objectId: string;
  readonly info: string;
  /** Absent: the object alone. */
  readonly data?: readonly string[];
  readonly at: Date;
  delivered: boolean;
  deleted: boolean;
}

export interface DcvToken {
  readonly token: string;
  readonly classId: string;
  readonly spkiSha256: string;
  readonly validUntil: Date;
}

/** What `generatelist` put on the account's FTP place and `sendlistemail` into the post. */
export interface GeneratedList {
  readonly at: Date;
  readonly command: string;
  readonly rows: number;
  readonly mails: readonly string[];
}

export interface Account {
  readonly login: string;
  credit: number;
  /** Orders of API 1 by their id. */
  readonly legacyOrders: Map<string, LegacyOrder>;
  readonly zones: Map<string, KeyDnsZone>;
  /** Every `cltrid` so far. */
  readonly transactionIds: Set<string>;
  readonly generatedLists: GeneratedList[];
  readonly orders: Map<string, CertificateOrder>;
  readonly certificates: Map<string, Certificate>;
  readonly contacts: Map<string, Contact>;
  readonly events: VendorEvent[];
  readonly tokens: DcvToken[];
  readonly invoices: Invoice[];
}

export interface World {
  readonly ca: SandboxCa;
  readonly clock: SandboxClock;
  /** Without one, zones are kept in memory and nobody can ask for them. */
  readonly dns: SandboxDns | undefined;
  readonly random: RandomSource;
  readonly options: RrpproxyOptions;
  readonly accounts: ReadonlyMap<string, Account>;
  nextEventId: number;
  nextTransaction: number;
}

export function newAccount(login: string, credit: number): Account {
  return {
    login,
    credit,
    legacyOrders: new Map(),
    zones: new Map(),
    transactionIds: new Set(),
    generatedLists: [],
    orders: new Map(),
    certificates: new Map(),
    contacts: new Map(),
    events: [],
    tokens: [],
    invoices: [],
  };
}

export function certificateId(world: World, cls: CertificateClass): string {
  return unusedId(
    () => cls.prefix + digits(world.random, 8),
    (id) => [...world.accounts.values()].some((account) => account.certificates.has(id)),
  );
}

export function orderId(world: World, cls: CertificateClass): string {
  return unusedId(
    () => `${cls.prefix}0${digits(world.random, 8)}`,
    (id) => [...world.accounts.values()].some((account) => account.orders.has(id)),
  );
}

/** An id that can be quoted to the support and nothing else. */
export function failureId(world: World): string {
  return `FAIL${digits(world.random, 7)}`;
}

export function addEvent(
  world: World,
  account: Account,
  event: Omit<VendorEvent, 'id' | 'delivered' | 'deleted'>,
): void {
  account.events.push({ ...event, id: world.nextEventId, delivered: false, deleted: false });
  world.nextEventId += 1;
}

/** The status as shown: a certificate ends by time without anything happening to it. */
export function certificateStatus(certificate: Certificate, now: Date): CertificateStatus | 'expired' {
  const ended = certificate.issued !== undefined && certificate.issued.notAfter <= now;
  return certificate.status === 'active' && ended ? 'expired' : certificate.status;
}

export function orderStatus(account: Account, order: CertificateOrder, now: Date): string {
  const statuses = order.certificateIds.map((id) => account.certificates.get(id)?.status);
  if (order.closed === 'revoked' && statuses.includes('revoke_processing')) return 'revoke_processing';
  if (order.closed !== undefined) return order.closed;
  if (statuses.includes('cancel_processing')) return 'cancel_processing';
  if (order.paidUntil <= now) return 'expired';
  if (statuses.includes('processing')) return 'processing';
  if (wasEverIssued(account, order)) return 'active';
  return statuses.includes('canceled') ? 'canceled' : 'failed';
}

export function wasEverIssued(account: Account, order: CertificateOrder): boolean {
  return order.certificateIds.some((id) => account.certificates.get(id)?.issued !== undefined);
}

export function orderOf(account: Account, certificate: Certificate): CertificateOrder {
  const order = account.orders.get(certificate.orderId);
  if (order === undefined) throw new Error(`certificate ${certificate.id} has no order`);
  return order;
}

/** Money back: a row of its own with the amount negative. */
export function refund(account: Account, order: CertificateOrder, at: Date): void {
  const paid = account.invoices.find((row) => row.orderId === order.id && row.price > 0);
  if (paid === undefined || !order.cls.refundOnCancel) return;
  account.credit += paid.price;
  account.invoices.push({ ...paid, at, price: -paid.price });
}

export function revokeAtCa(world: World, issued: CaCertificate): void {
  try {
    world.ca.revoke(issued.serialHex, 'unspecified');
  } catch {
    // Somebody revoked it at the CA before us; it is what was wanted.
  }
}
