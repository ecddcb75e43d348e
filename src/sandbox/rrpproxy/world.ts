/** What the simulated reseller remembers: accounts with their orders, certificates, contacts and events. */
import type { CaCertificate, DcvRequirement, ParsedCsr, SandboxCa, SandboxClock } from '../contract.ts';
import { digits, unusedId } from '../vendor-kit/random.ts';
import type { RandomSource } from '../vendor-kit/random.ts';
import type { CertificateClass, DcvMethod } from './classes.ts';
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
  readonly serviceTags: readonly string[];
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

export interface Invoice {
  readonly at: Date;
  readonly orderId: string;
  readonly certificateId: string;
  readonly product: string;
  readonly price: number;
  readonly currency: string;
  readonly reference?: string;
}

export interface Account {
  readonly login: string;
  credit: number;
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
  readonly random: RandomSource;
  readonly options: RrpproxyOptions;
  readonly accounts: ReadonlyMap<string, Account>;
  nextEventId: number;
}

export function newAccount(login: string, credit: number): Account {
  return {
    login,
    credit,
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
  event: { eventClass: string; subclass: string; objectId: string; info: string; at: Date },
): void {
  account.events.push({ id: world.nextEventId, ...event, delivered: false, deleted: false });
  world.nextEventId += 1;
}

/** The status as shown: a certificate ends by time without anything happening to it. */
export function certificateStatus(certificate: Certificate, now: Date): CertificateStatus | 'expired' {
  const ended = certificate.issued !== undefined && certificate.issued.notAfter <= now;
  return certificate.status === 'active' && ended ? 'expired' : certificate.status;
}

export function orderStatus(account: Account, order: CertificateOrder, now: Date): string {
  if (order.closed !== undefined) return order.closed;
  const statuses = order.certificateIds.map((id) => account.certificates.get(id)?.status);
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

/** Bring what the CA has done since the last look into certificates and events, oldest first. */
export function catchUp(world: World): void {
  const now = world.clock.now();
  for (const account of world.accounts.values()) {
    const changes: { at: Date; apply: () => void }[] = [];
    for (const certificate of account.certificates.values()) {
      if (certificate.status === 'processing') {
        const order = world.ca.get(certificate.caOrderId);
        if (order !== undefined && order.status !== 'pending') {
          const at = order.updatedAt;
          changes.push({
            at,
            apply: () => settle(world, account, certificate, order.certificate, order.failure, at),
          });
        }
      } else if (certificate.closesAt !== undefined && certificate.closesAt <= now) {
        const at = certificate.closesAt;
        changes.push({ at, apply: () => finishClosing(world, account, certificate, at) });
      }
    }
    changes.sort((a, b) => a.at.getTime() - b.at.getTime());
    for (const change of changes) change.apply();
  }
}

function settle(
  world: World,
  account: Account,
  certificate: Certificate,
  issued: CaCertificate | undefined,
  failure: string | undefined,
  at: Date,
): void {
  const order = orderOf(account, certificate);
  const word = certificate.kind === 'request' ? 'REQUEST' : 'REISSUE';
  certificate.updatedAt = at;
  order.updatedAt = at;
  if (issued === undefined) {
    certificate.status = 'failed';
    if (certificate.kind === 'request') refund(account, order, at);
  } else {
    certificate.status = 'active';
    certificate.issued = issued;
  }
  addEvent(world, account, {
    eventClass: `CERTIFICATE_${word}`,
    subclass: `${word}_${issued === undefined ? 'FAILED' : 'SUCCESSFUL'}`,
    objectId: certificate.id,
    info:
      issued === undefined
        ? (failure ?? 'The CA did not issue.')
        : `Issued for ${certificate.names.join(', ')}`,
    at,
  });
}

/** Ends a revocation or cancellation, at once or when its delay has passed. */
export function finishClosing(world: World, account: Account, certificate: Certificate, at: Date): void {
  const order = orderOf(account, certificate);
  if (certificate.issued !== undefined) {
    world.ca.revoke(certificate.issued.serialHex, 'unspecified');
    certificate.status = 'revoked';
  } else {
    certificate.status = 'canceled';
  }
  delete certificate.closesAt;
  certificate.updatedAt = at;
  order.updatedAt = at;
  addEvent(world, account, {
    eventClass: 'CERTIFICATE_CLOSE',
    subclass: 'CLOSE_SUCCESSFUL',
    objectId: certificate.id,
    info: `Certificate ${certificate.id} is ${certificate.status}`,
    at,
  });
}
