/** What a provider can do and what it sells, as data: read by the decision, shown by `renewd plan` and in the docs. */
import type { DcvMethod } from '../core/certificate.ts';
import type { OrderAction } from './order.ts';

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

/** What a verb does; undefined: the provider does not sell it. */
export function effectOf(capabilities: ProviderCapabilities, action: OrderAction): VerbEffect | undefined {
  const effect = capabilities.verbs[action];
  return 'closed' in effect ? undefined : effect;
}

/** Whether the verb puts something on the invoice. */
export function isCharged(capabilities: ProviderCapabilities, action: OrderAction): boolean {
  return effectOf(capabilities, action)?.invoice === 'charged';
}
