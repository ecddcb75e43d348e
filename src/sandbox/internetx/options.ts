/** The knobs. Every default is the vendor's own document or, where it is silent, its current clients. */
import type { DcvRequirement } from '../contract.ts';

export interface InternetxOptions {
  /** Id used in faults, history and `SimulatorRequest` routing. */
  readonly id: string;
  /** Which spelling of the non-REST routes exists: `_prepareOrder` or `prepareOrder`, `_renew` or `renew`, … */
  readonly routes: 'both' | 'underscore' | 'plain';
  readonly language: 'en' | 'de';
  /** `status.resultCode` and `messages[].messageCode`, as before November 2018. */
  readonly oldCodeNames: boolean;
  /** Requests per second; more are answered with HTTP 429 (documented: 3 per address; the reaction is not). */
  readonly rateLimit: { readonly perSecond: number; readonly retryAfterSeconds?: number } | undefined;
  readonly requireUserAgent: boolean;
  /** Code of an accepted reissue; the vendor's documents show both. */
  readonly reissueCode: 'N400101' | 'N400102';
  /** What a reissue's job calls itself; the vendor's walkthrough shows `create`. */
  readonly reissueAction: 'create' | 'reissue';
  /** `expire` and `created`: UTC wall clock labelled with the local offset, as in the vendor's sample. */
  readonly skewedDates: boolean;
  /** Owner of the TXT record. */
  readonly dnsOwner: 'apex' | '_dnsauth';
  /** How much a FILE method tells in a prepare answer: nothing, host and path, or a URL. */
  readonly fileForm: 'bare' | 'path' | 'url';
  /** `certificationAuthority` root first. */
  readonly reversedChain: boolean;
  /** `object.summary` in the answer to a poll confirmation. */
  readonly confirmSummary: boolean;
  /** Also queue a message when a job starts to wait for its validation. */
  readonly runningMessages: boolean;
  /** Renewal opens this many days before … */
  readonly renewalWindowDays: number;
  /** … the certificate's end or the paid term's. */
  readonly renewalWindowBefore: 'expire' | 'payable';
  /** Zones the vendor manages itself and provisions on request. */
  readonly managedZones: readonly string[];
  /** Called for each record or file of a managed zone when an order asks for provisioning. */
  readonly provision: ((requirement: DcvRequirement) => void) | undefined;
  /** The CA refuses an order for this reason, at once. */
  readonly caRefuses: ((names: readonly string[]) => string | undefined) | undefined;
  /** SSL contacts that exist from the beginning. */
  readonly contactIds: readonly number[];
  /** Overrides of the built-in price list, EUR by product. */
  readonly prices: Readonly<Record<string, number>>;
  readonly currency: string;
}

export const DEFAULT_OPTIONS: InternetxOptions = {
  id: 'internetx',
  routes: 'both',
  language: 'en',
  oldCodeNames: false,
  rateLimit: undefined,
  requireUserAgent: true,
  reissueCode: 'N400101',
  reissueAction: 'create',
  skewedDates: true,
  dnsOwner: 'apex',
  fileForm: 'path',
  reversedChain: false,
  confirmSummary: false,
  runningMessages: false,
  renewalWindowDays: 90,
  renewalWindowBefore: 'expire',
  managedZones: [],
  provision: undefined,
  caRefuses: undefined,
  contactIds: [100],
  prices: {},
  currency: 'EUR',
};
