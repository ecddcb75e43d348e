/** What the vendor has in its books, and how it follows what the CA does. */
import type { CaCertificate, Invoice, ParsedCsr, SandboxCa, SandboxClock } from '../contract.ts';
import { messageOf } from '../guards.ts';
import { digits, pick, unusedId } from '../vendor-kit/random.ts';
import type { RandomSource } from '../vendor-kit/random.ts';
import type { CertificateClass } from './classes.ts';
import type { ContactSet } from './contacts.ts';
import type { VendorKey } from './keys.ts';
import type { HexonetOptions } from './options.ts';
import type { NameValidation } from './validation.ts';
import type { ParsedCommand } from './wire.ts';
import type { ZoneBook } from './zones.ts';

/** One request to the CA: an order has one at a time. */
export interface Submission {
  readonly operation: 'create' | 'renew' | 'reissue';
  readonly csrPem: string;
  readonly csr: ParsedCsr;
  /** Present when the vendor knows it: it made the key, or was given it. */
  readonly key: VendorKey | undefined;
  /** As ordered, common name first. */
  readonly names: readonly string[];
  /** Those and what comes free with them. */
  readonly issuedNames: readonly string[];
  validations: readonly NameValidation[];
  readonly internalDns: boolean;
  /** When the CA gets it. */
  readonly transmitsAt: Date;
  caOrderId?: string;
  statusRead: boolean;
}

export interface SslCertificate {
  readonly id: string;
  readonly cls: CertificateClass;
  readonly orderReference: string;
  readonly createdAt: Date;
  updatedAt: Date;
  /** End of the paid term. */
  readonly paidUntil: Date;
  readonly contacts: ContactSet;
  readonly serverSoftware: string | undefined;
  submission: Submission;
  state: 'waiting' | 'active' | 'failed' | 'replaced' | 'revoked';
  /** For people, beside the status. */
  details: string;
  issued?: CaCertificate;
  /** What a failed reissue leaves in place. */
  before?: Submission;
  /** The certificate this one takes the place of once it is issued. */
  readonly replaces?: string;
}

export interface QueuedOrder {
  readonly id: string;
  command: ParsedCommand;
  readonly createdAt: Date;
  updatedAt: Date;
  /** The vendor executes it by itself then. */
  readonly executesAt: Date | undefined;
  status: 'PENDING' | 'COMPLETED' | 'FAILED';
  lastResponse?: { readonly code: number; readonly description: string; readonly text: string };
}

export interface VendorEvent {
  readonly id: number;
  readonly eventClass: string;
  readonly subclass: string;
  readonly data: readonly string[];
  readonly info: string;
  readonly at: Date;
  delivered: boolean;
  deleted: boolean;
}

export interface Account {
  readonly name: string;
  credit: number;
  readonly certificates: Map<string, SslCertificate>;
  readonly orders: Map<string, QueuedOrder>;
  readonly events: VendorEvent[];
  readonly invoices: Invoice[];
}

export interface World {
  readonly ca: SandboxCa;
  readonly clock: SandboxClock;
  readonly random: RandomSource;
  readonly options: HexonetOptions;
  readonly zones: ZoneBook;
  readonly accounts: ReadonlyMap<string, Account>;
  nextEventId: number;
  nextOrderId: number;
}

export function newAccount(name: string, credit: number): Account {
  return { name, credit, certificates: new Map(), orders: new Map(), events: [], invoices: [] };
}

export function certificateId(world: World): string {
  const draw = (): string =>
    world.options.ids === 'digits'
      ? digits(world.random, 10)
      : `O${pick(world.random, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 20)}`;
  return unusedId(draw, (id) => [...world.accounts.values()].some((account) => account.certificates.has(id)));
}

/** Hands the request to the CA. Throws what the CA says when it refuses at once. */
export function transmit(world: World, certificate: SslCertificate): void {
  const { submission } = certificate;
  const order = world.ca.submit({
    csrPem: submission.csrPem,
    names: submission.issuedNames,
    requirements: submission.validations.map(({ requirement }) => requirement),
    notAfterAtMost: certificate.paidUntil,
  });
  submission.caOrderId = order.id;
  if (steering(submission.names) === 'fail') {
    world.ca.fail(order.id, 'The certificate supplier rejected the order');
  }
}

/** See options.ts: some names ask for trouble. */
export function steering(names: readonly string[]): 'refuse' | 'credit' | 'fail' | 'slow' | undefined {
  const match = /^(?:\*\.)?(refuse|credit|fail|slow)-/.exec(names[0] ?? '')?.[1];
  switch (match) {
    case 'refuse':
    case 'credit':
    case 'fail':
    case 'slow':
      return match;
    default:
      return undefined;
  }
}

/** Bring what time and the CA have done since the last look into the books. */
export function catchUp(world: World): void {
  const now = world.clock.now();
  for (const account of world.accounts.values()) {
    for (const certificate of account.certificates.values()) {
      if (certificate.state === 'waiting') follow(world, account, certificate, now);
    }
  }
}

function follow(world: World, account: Account, certificate: SslCertificate, now: Date): void {
  const { submission } = certificate;
  if (submission.caOrderId === undefined) {
    if (submission.transmitsAt > now) return;
    try {
      transmit(world, certificate);
    } catch (error) {
      fail(certificate, messageOf(error), submission.transmitsAt);
      return;
    }
  }
  const order = world.ca.get(submission.caOrderId ?? '');
  if (order === undefined || order.status === 'pending') return;
  if (order.certificate === undefined) {
    fail(certificate, order.failure ?? `The order was ${order.status}`, order.updatedAt);
    return;
  }
  certificate.issued = order.certificate;
  certificate.state = 'active';
  certificate.details = 'Valid';
  certificate.updatedAt = order.updatedAt;
  delete certificate.before;
  const replaced = account.certificates.get(certificate.replaces ?? '');
  if (replaced?.state === 'active') {
    replaced.state = 'replaced';
    replaced.details = '';
    replaced.updatedAt = order.updatedAt;
  }
}

/** A reissue that fails leaves what was there before. */
function fail(certificate: SslCertificate, reason: string, at: Date): void {
  certificate.updatedAt = at;
  certificate.details = reason;
  if (certificate.before === undefined) {
    certificate.state = 'failed';
    return;
  }
  certificate.submission = certificate.before;
  delete certificate.before;
  certificate.state = 'active';
}

/** The status as shown. `ordered`: in the answer to the order itself, before anything has been transmitted. */
export function statusOf(world: World, certificate: SslCertificate, ordered = false): string {
  const { submission } = certificate;
  switch (certificate.state) {
    case 'active':
      return 'ACTIVE';
    case 'failed':
      return 'FAILED';
    case 'replaced':
      return 'REPLACED';
    case 'revoked':
      return 'REVOKED';
    case 'waiting':
    default: {
      const { statusWords, renewalStatus } = world.options;
      const transmitted = !ordered && submission.caOrderId !== undefined;
      if (statusWords === 'processing') return 'PROCESSING';
      const word = transmitted ? 'PENDING' : 'REQUESTED';
      const operation =
        submission.operation === 'renew' && renewalStatus === 'create' ? 'create' : submission.operation;
      return statusWords === 'short' && operation === 'create' ? word : word + operation.toUpperCase();
    }
  }
}

/** The end of the certificate, or what it will be at best while there is none. */
export const expirationOf = (certificate: SslCertificate): Date =>
  certificate.issued?.notAfter ?? certificate.paidUntil;

export function addEvent(
  world: World,
  account: Account,
  event: Omit<VendorEvent, 'id' | 'delivered' | 'deleted'>,
): void {
  account.events.push({ ...event, id: world.nextEventId, delivered: false, deleted: false });
  world.nextEventId += 1;
}
