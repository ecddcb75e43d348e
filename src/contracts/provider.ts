/**
 * What a provider (our plug-in for one reseller) promises. The contract suite in test/contract/ is this text as code.
 *
 * - Every method takes an AbortSignal and ends promptly when it fires.
 * - Failures are RenewdErrors. A submission whose outcome is not certain throws kind `outcome-unknown`; everything
 *   thrown by `submit` with another kind is known not to have been applied.
 * - No method retries a paid command; repeatable commands are retried inside, boundedly (vendors/common/retry.ts).
 */
import type { Money } from '../core/money.ts';
import type { ProductFacts, ProviderCapabilities } from './capabilities.ts';
import type {
  FindQuery,
  FindResult,
  OrderHandle,
  OrderReading,
  OrderRequest,
  PreparedValidation,
} from './order.ts';
import type { Clock, Logger, Random } from './platform.ts';
import type { EventFeed } from './provider-events.ts';
import type { ProviderOperation } from './provider-operations.ts';
import type { ThrottleOf } from './throttle.ts';

/** RFC 5280 §5.3.1 reasons a subscriber may give. */
export const revocationReasons = [
  'unspecified',
  'keyCompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
] as const;
export type RevocationReason = (typeof revocationReasons)[number];

export interface Provider {
  /** Not repeatable: called at most once per stored intent. */
  submit(request: OrderRequest, signal: AbortSignal): Promise<OrderReading>;
  read(handle: OrderHandle, signal: AbortSignal): Promise<OrderReading>;
  find(query: FindQuery, signal: AbortSignal): Promise<FindResult>;
  /** Ask the provider to look at the published evidence now; with e-mail validation: to send the mail again. */
  retryValidation(handle: OrderHandle, signal: AbortSignal): Promise<void>;
  revoke(
    handle: OrderHandle,
    serialHex: string,
    reason: RevocationReason,
    signal: AbortSignal,
  ): Promise<void>;
  /** Withdraw an order before issuance. */
  cancel(handle: OrderHandle, signal: AbortSignal): Promise<void>;
  /** Present where the provider hands out the DCV token before the order. */
  readonly prepare?: (request: OrderRequest, signal: AbortSignal) => Promise<PreparedValidation>;
  /** Present where the provider can say what an order would cost; undefined when it cannot for this request. */
  readonly preview?: (request: OrderRequest, signal: AbortSignal) => Promise<Money | undefined>;
  /** Present where the provider lists approver addresses for e-mail validation: those that every name may use. */
  readonly approvers?: (request: OrderRequest, signal: AbortSignal) => Promise<readonly string[]>;
  /** Present where the provider tells what it knows of a product now; undefined: it does not know the product. */
  readonly productFacts?: (product: string, signal: AbortSignal) => Promise<ProductFacts | undefined>;
  /**
   * Present where an earlier certificate stays in the order until it is deleted. Called once the successor is served;
   * ends exactly this certificate, never the order. Quiet when it is gone.
   */
  readonly discard?: (superseded: OrderHandle, successor: OrderHandle, signal: AbortSignal) => Promise<void>;
  readonly events?: EventFeed;
  /** What an operator may ask by `renewd provider NAME OPERATION`. None of them costs money. */
  readonly operations?: readonly ProviderOperation[];
  /** Release sessions and sockets. */
  close(): Promise<void>;
}

export interface ProviderDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** The pace of an account, shared with every publisher that uses the same account. */
  readonly throttleOf: ThrottleOf;
  /** Called for each request that was sent, for metrics. */
  readonly observe: (observation: { command: string; outcome: string; seconds: number }) => void;
}

/** What a provider folder exports as `manifest`, free of heavy imports; `create` loads the client when first needed. */
export interface ProviderManifest {
  readonly id: string;
  readonly displayName: string;
  readonly capabilities: ProviderCapabilities;
  /** Where its API is, e.g. "https://api.example.com/v1" or "epps://epp.example.com:700"; secrets are not looked at. */
  readonly address: (config: Readonly<Record<string, unknown>>) => Promise<string>;
  /** `config` is valid by the folder's schema, with every SecretSource replaced by a Secret. */
  readonly create: (
    config: Readonly<Record<string, unknown>>,
    dependencies: ProviderDependencies,
  ) => Promise<Provider>;
}
