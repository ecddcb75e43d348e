/** Orders of API 1: one id that stays, and under it the certificates ("subs") issued one after the other. */
import type { CaCertificate, DcvRequirement, ParsedCsr } from '../../contract.ts';
import { Refusal } from '../answers.ts';
import type { Account } from '../world.ts';
import type { LegacyClass } from './classes.ts';

export type AuthMethod = 'EMAIL' | 'DNS' | 'FILE';
export const AUTH_METHODS: readonly AuthMethod[] = ['EMAIL', 'DNS', 'FILE'];

export type SubStatus = 'ORDER_REQUESTED' | 'ACTIVE' | 'REVOKED' | 'CANCELLED' | 'FAILED' | 'migrated';

export interface LegacyValidation {
  readonly method: AuthMethod;
  /** By position of the domain. */
  readonly approvers: readonly (readonly string[])[];
  /** `dnsauth name`: DigiCert's bare token, or Sectigo's whole records. */
  readonly dnsNames: readonly string[];
  readonly file?: { readonly name: string; readonly lines: readonly string[] };
  readonly requirements: readonly DcvRequirement[];
}

export interface LegacySub {
  readonly id: string;
  /** The sub this one was made from; absent: ordered on its own. */
  readonly parentId?: string;
  readonly csrPem: string;
  readonly csr: ParsedCsr;
  readonly names: readonly string[];
  readonly notAfterAtMost: Date;
  validation: LegacyValidation;
  caOrderId: string;
  status: SubStatus;
  issued?: CaCertificate;
  migratedTo?: { readonly certificateId: string; readonly orderId: string };
  readonly createdAt: Date;
  updatedAt: Date;
}

export interface LegacyOrder {
  /** `AB1234567` */
  readonly id: string;
  readonly cls: LegacyClass;
  /** Handles of the old contact system. */
  readonly contacts: {
    readonly owner: string;
    readonly admin: string;
    readonly tech: string;
    readonly billing: string;
  };
  readonly webServerType: string;
  /** Oldest first. */
  readonly subs: LegacySub[];
  readonly paidUntil: Date;
  readonly createdAt: Date;
  updatedAt: Date;
}

/** `AB1234567-001` */
export function nextSubId(order: Pick<LegacyOrder, 'id' | 'subs'>): string {
  return `${order.id}-${String(order.subs.length + 1).padStart(3, '0')}`;
}

export function legacyOrderBy(account: Account, id: string): LegacyOrder {
  const order = account.legacyOrders.get(id.toUpperCase());
  if (order === undefined) throw new Refusal(545, id);
  return order;
}

/** The sub named, or the newest. */
export function subBy(order: LegacyOrder, id: string | undefined): LegacySub {
  const sub = id === undefined ? order.subs.at(-1) : order.subs.find((each) => each.id === id.toUpperCase());
  if (sub === undefined) throw new Refusal(545, id ?? order.id);
  return sub;
}

export function subStatus(sub: LegacySub, now: Date): SubStatus | 'EXPIRED' {
  const ended = sub.issued !== undefined && sub.issued.notAfter <= now;
  return sub.status === 'ACTIVE' && ended ? 'EXPIRED' : sub.status;
}

export function newestActive(order: LegacyOrder, now: Date): LegacySub | undefined {
  return order.subs.findLast((sub) => subStatus(sub, now) === 'ACTIVE');
}

/** What is in progress shows first, then what lives, then what became of the newest. */
export function legacyOrderStatus(order: LegacyOrder, now: Date): string {
  const statuses = order.subs.map((sub) => subStatus(sub, now));
  if (statuses.includes('migrated')) return 'migrated';
  if (statuses.at(-1) === 'ORDER_REQUESTED') return 'REQUESTED';
  if (statuses.includes('ACTIVE')) return 'ACTIVE';
  return statuses.at(-1) ?? 'CANCELLED';
}

/** After the migration the old objects can only be looked at. */
export function refuseMigrated(order: LegacyOrder): void {
  const moved = order.subs.find(({ migratedTo }) => migratedTo !== undefined)?.migratedTo;
  if (moved !== undefined) throw new Refusal(557, `${order.id} was migrated to ${moved.orderId}`);
}
