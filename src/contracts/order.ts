/**
 * An order as a provider and the flow speak of it: what is asked for, what one look shows, how one is found again.
 * Ids are opaque strings. Answers are data from outside: every field is checked before it gets here.
 */
import type { DcvMethod, KeyType, Secret } from '../core/certificate.ts';
import type { Challenge } from '../core/challenge.ts';
import type { Money } from '../core/money.ts';

export type OrderAction = 'create' | 'reissue' | 'renew';

/** How the provider's objects are addressed. Which ids exist depends on the provider. */
export interface OrderHandle {
  /** The paid order, where it has an id apart from the certificate's. */
  readonly orderId?: string;
  readonly certificateId?: string;
  /** An asynchronous job of the provider (InterNetX). */
  readonly jobId?: string;
}

export interface OrderRequest {
  readonly action: OrderAction;
  /** Ours, unique per renewal, 20 characters of [a-z0-9-]: put into the provider's reference field where it has one. */
  readonly reference: string;
  readonly names: readonly string[];
  readonly product: string;
  /** Empty where the provider is to make the key. */
  readonly csrPem: string;
  /** The provider is asked to make the key: only where the inventory says so and `capabilities.makesKeys` allows it. */
  readonly vendorKey?: { readonly type: KeyType };
  readonly dcv: { readonly method: DcvMethod; readonly record: 'txt' | 'cname'; readonly approver?: string };
  /** For reissue and renew: the certificate that is replaced. */
  readonly previous?: OrderHandle;
  /** What `prepare` returned for this CSR, unchanged. */
  readonly prepared?: PreparedValidation;
  /** Provider-specific settings from the inventory's `order:`, already valid by the provider's schema. */
  readonly options: Readonly<Record<string, unknown>>;
}

export type OrderStatus = 'pending' | 'issued' | 'failed' | 'cancelled' | 'revoked' | 'expired';

/** One look at an order. */
export interface OrderReading {
  readonly handle: OrderHandle;
  readonly status: OrderStatus;
  /** The provider's own word. */
  readonly statusWord: string;
  /** What to publish; empty when nothing (more) is asked for. */
  readonly challenges: readonly Challenge[];
  /** Leaf and CA certificates as PEM, when issued; CA certificates in any order, possibly with the root. */
  readonly leafPem?: string;
  readonly caPems?: readonly string[];
  /** SHA-256 (lower-case hex) of the SubjectPublicKeyInfo of the CSR or leaf, where the provider shows one. */
  readonly spkiSha256?: string;
  readonly names?: readonly string[];
  /** The private key, only where the order asked the provider to make it (`OrderRequest.vendorKey`). */
  readonly vendorKeyPem?: Secret;
  /** End of the paid term, cut to whole seconds. */
  readonly paidUntil?: Date;
  readonly createdAt?: Date;
  readonly price?: Money;
  /** A person must do something: what, in one sentence. */
  readonly waitsForPerson?: string;
  /** The provider's text, bounded to 500 characters. */
  readonly message?: string;
  /** The provider's hint when to look again. */
  readonly retryAfterMs?: number;
}

export interface PreparedValidation {
  readonly challenges: readonly Challenge[];
  /** The CA looks the moment the order comes: the evidence has to be visible before. Absent: it may follow the order. */
  readonly publishFirst?: true;
  /** What must be sent back with the order; plain JSON, stored with the renewal. */
  readonly token: Readonly<Record<string, unknown>>;
}

export interface FindQuery {
  /** Empty when the order was not placed by us: adoption of what existed before. */
  readonly reference: string;
  /** Lower-case hex SHA-256 of the SubjectPublicKeyInfo. */
  readonly spkiSha256: string;
  readonly names: readonly string[];
  readonly product: string;
  /** Only objects created at or after this moment (minus clock skew) can be ours. */
  readonly since?: Date;
  readonly previous?: OrderHandle;
}

export interface FindResult {
  /** Orders whose public key or reference is ours, with their reading. */
  readonly matches: readonly OrderReading[];
  /**
   * True when absence is proof: the provider lists everything that could be ours and was listed to the end. False
   * where it cannot tell.
   */
  readonly complete: boolean;
}
