/**
 * What a provider (our plug-in for one reseller) promises. The contract suite in test/contract/ is this text as code.
 *
 * - Every method takes an AbortSignal and ends promptly when it fires.
 * - Failures are RenewdErrors. A submission whose outcome is not certain throws kind `outcome-unknown`; everything
 *   thrown by `submit` with another kind is known not to have been applied.
 * - No method retries a paid command; repeatable commands are retried inside, boundedly (vendors/common/retry.ts).
 * - Ids are opaque strings. Answers are data from outside: every field is checked before it gets here.
 */
import type { DcvMethod, KeyType, Secret } from '../core/certificate.ts';
import type { Challenge } from '../core/challenge.ts';
import type { Money } from '../core/money.ts';
import type { Clock, Logger, Random } from './platform.ts';
import type { ThrottleOf } from './throttle.ts';

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

/** A queued message of the provider. It only makes an order due for a read; the read decides. */
export interface ProviderEvent {
  readonly id: string;
  /** The provider's class and subclass. */
  readonly type: string;
  /** Ids that the event is about; empty for what is not a certificate matter. */
  readonly handle: OrderHandle;
  /** False for events about other objects of a shared queue. */
  readonly ours: boolean;
  /** Our reference of the order, where the provider returns it with the event. */
  readonly reference?: string;
  readonly at?: Date;
  /** The raw message, bounded to 16 KiB, secrets removed; stored before it is acknowledged. */
  readonly raw: string;
}

export interface EventFeed {
  /** The oldest unacknowledged events, at most `limit`. Queues that show one at a time return one. */
  fetch(limit: number, signal: AbortSignal): Promise<readonly ProviderEvent[]>;
  /** Called only after the event is stored. Quiet when it is gone already. */
  acknowledge(eventId: string, signal: AbortSignal): Promise<void>;
  /** What to do with events that are not ours: leave them, or store and acknowledge them. */
  readonly foreign: 'leave' | 'acknowledge';
}

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

export interface OperationParameter {
  /** As written on the command line: "certificate", "limit". */
  readonly name: string;
  readonly description: string;
  readonly required?: boolean;
  /** May be given several times. */
  readonly several?: boolean;
}

export interface OperationResult {
  /** Plain JSON data without secrets: text bounded, ids as strings, moments as ISO text. */
  readonly data: unknown;
  /** A private key or an archive: written to the file that the operator names, never printed. */
  readonly file?: Secret | Uint8Array;
}

/** One command of the provider's API that renewals do not need, for people: lists, looks, contacts, cancelling. */
export interface ProviderOperation {
  /** Kebab case, after the provider's command: "order-list". */
  readonly name: string;
  /** One line for the list of operations. */
  readonly summary: string;
  /** The remote command, as in the folder's commands.ts. */
  readonly command: string;
  /** `changes` asks for `--yes` on the command line. */
  readonly effect: 'reads' | 'changes';
  readonly parameters: readonly OperationParameter[];
  /** Parameters with which it is a small question that needs the login: what `renewd doctor` asks. */
  readonly loginCheck?: Readonly<Record<string, readonly string[]>>;
  /**
   * Parameters by name, each with at least one value; unknown and missing ones were refused before. Throws `usage` for a
   * value that cannot be, and what other methods throw.
   */
  run(parameters: Readonly<Record<string, readonly string[]>>, signal: AbortSignal): Promise<OperationResult>;
}

/** One command of the provider's API, in the folder's commands.ts, for docs/providers.md. Tests check the proofs. */
export interface CommandFact {
  /** As the provider's document names it. */
  readonly command: string;
  /** Document and section: "hexonet-ssl-api, CreateSSLCert", "manual 8.2.1". */
  readonly source: string;
  /** What renewd does with it: "submit: create", "operation order-list". */
  readonly use: string;
  readonly repeatable: boolean;
  /**
   * `sample`: a sample of the vendor's document is produced and its answer parsed (test/samples). `client`: the vendor's
   * own client walks the same command of the simulator. `simulator`: our client against the simulator.
   */
  readonly proof: readonly ('sample' | 'client' | 'simulator')[];
}

/** What one verb does at this provider, as data: shown by `renewd plan` and read by the decision. */
export interface VerbEffect {
  readonly invoice: 'charged' | 'free';
  readonly paidUntil: 'new' | 'unchanged';
  readonly notAfter: 'new' | 'unchanged';
  /** A new key needs a CSR; `unchanged` would mean the provider keeps the key. */
  readonly key: 'new' | 'unchanged';
  readonly earlierCertificates: 'kept' | 'revoked';
  /** Whether the certificate gets another id at the provider. */
  readonly certificateId: 'new' | 'unchanged';
}

/** A verb that this provider does not sell (any more), with the reason and what to do instead, in one sentence. */
export interface ClosedVerb {
  readonly closed: string;
}

export interface ProductFacts {
  readonly wildcard: boolean;
  /** Most names in one certificate. */
  readonly maxNames: number;
  readonly validation?: 'dv' | 'ov' | 'ev';
  /** Names that the price includes. */
  readonly includedNames?: number;
  /** The apex comes with www, or the reverse, free of charge. */
  readonly freeAlternatives?: boolean;
  /** Kinds of contacts that an order must name. */
  readonly contacts?: readonly ('tech' | 'organization' | 'approver' | 'admin')[];
  /** As the provider writes them: "1y", "365d". */
  readonly periods?: readonly string[];
  /** Days in which a cancelled order is paid back; 0: never. */
  readonly refundDays?: number;
  /** The certificate can come with the answer to the order. */
  readonly immediateIssuance?: boolean;
  /** DCV methods, where the product is narrower than the provider. */
  readonly dcv?: readonly DcvMethod[];
  readonly recordTypes?: readonly ('txt' | 'cname')[];
  /** Where the product is narrower than the provider: renewing is possible only in the last days of the term. */
  readonly renewWindowDays?: number;
  /** Months that the product is paid for at a time. */
  readonly termMonths?: number;
}

export interface ProviderCapabilities {
  readonly verbs: Readonly<Record<OrderAction, VerbEffect | ClosedVerb>>;
  readonly dcvMethods: readonly DcvMethod[];
  readonly recordTypes: readonly ('txt' | 'cname')[];
  /** What a lost answer is settled by. */
  readonly findBy: 'reference' | 'public-key';
  /** Renewing is possible only this many days before the term ends; undefined: always. */
  readonly renewWindowDays?: number;
  /**
   * What its proofs are called where that is none of the usual forms (renewal/dcv/safety.ts): the label in front of a name
   * for a CNAME, and the file at the root of a site without its ".txt".
   */
  readonly proofLabel?: RegExp;
  /** Reissue validates by the method of the original order. */
  readonly reissueKeepsDcvMethod: boolean;
  /** Reissue can change the names. */
  readonly reissueChangesNames: boolean;
  /** Days that a paid order lasts by default. */
  readonly termDays: number;
  readonly pricePreview: boolean;
  /** With these verbs the provider can make the key and hand it out; with others the key is ours in any case. */
  readonly makesKeys?: readonly OrderAction[];
  /** Replaced certificates stay in the order until `discard` deletes them. */
  readonly discardsSuperseded?: true;
  /** Key into the rule calendar: whose validity caps apply; by product where the reseller sells several CAs. */
  readonly ca: (product: string) => string;
  /** Undefined: an open set, any product text is passed on. Keys are compared case-insensitively. */
  readonly products?: Readonly<Record<string, ProductFacts>>;
  /** What is known of some products where the set is open (`products` undefined); others are passed on. */
  readonly knownProducts?: Readonly<Record<string, ProductFacts>>;
  readonly maxNames: number;
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

/** What a verb does; undefined: the provider does not sell it. */
export function effectOf(capabilities: ProviderCapabilities, action: OrderAction): VerbEffect | undefined {
  const effect = capabilities.verbs[action];
  return 'closed' in effect ? undefined : effect;
}

/** Whether the verb puts something on the invoice. */
export function isCharged(capabilities: ProviderCapabilities, action: OrderAction): boolean {
  return effectOf(capabilities, action)?.invoice === 'charged';
}
