/**
 * The knobs. Every default is the vendor's own document or, where it is silent, its current clients.
 *
 * Orders can also be steered one by one, as the vendor's demo system does it, by the first label of the certificate's
 * name: see steering.ts.
 *
 * `describe` names requests of the JSON API by method and route (`PUT /certificate/{id}/_renew`, always in the current
 * spelling) and requests of the XML gateway by their task code (`400102`; several tasks: `400110+400102`), so a fault is
 * aimed at the gateway with `command: '400102'`.
 */
import type { DcvRequirement } from '../contract.ts';
import type { GatewayOptions } from './xml/options.ts';
import { DEFAULT_GATEWAY_OPTIONS } from './xml/options.ts';

export interface InternetxOptions extends GatewayOptions {
  /** Id used in faults, history and `SimulatorRequest` routing. */
  readonly id: string;
  /** Which spelling of the non-REST routes exists: `_prepareOrder` or `prepareOrder`, `_renew` or `renew`, … */
  readonly routes: 'both' | 'underscore' | 'plain';
  readonly language: 'en' | 'de';
  /** `status.resultCode` and `messages[].messageCode`, as before November 2018. */
  readonly oldCodeNames: boolean;
  /** `messages[].messages[]`, which the OpenAPI document types as messages and recorded clients as plain text. */
  readonly nestedMessages: 'none' | 'objects' | 'strings';
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
  /** The CA wants something else than what was prepared and sent back; only the job shows it. */
  readonly redrawsAuthentication: boolean;
  /** An order with APACHESSL reads back as APACHE2, as the vendor's XML sample shows. */
  readonly renamesSoftware: boolean;
  /** `certificationAuthority` root first. */
  readonly reversedChain: boolean;
  /** `object.summary` in the answer to a poll confirmation. */
  readonly confirmSummary: boolean;
  /** Also queue a message when a job starts to wait for its validation. */
  readonly runningMessages: boolean;
  /** Every order waits (job status WAIT) for `PUT /job/{id}/_confirm`; `_reject` ends it. */
  readonly confirmJobs: boolean;
  /** How long an order for a name beginning `slow-` lies before the CA gets it. */
  readonly slowMs: number;
  /** Renewal opens this many days before … */
  readonly renewalWindowDays: number;
  /** … the certificate's end or the paid term's. */
  readonly renewalWindowBefore: 'expire' | 'payable';
  /** Zones the vendor manages itself and provisions on request: those of the sandbox's name server, or these of them. */
  readonly managedZones: 'sandbox' | readonly string[];
  /** Called for each record of a managed zone when an order asks for provisioning, beside writing it there. */
  readonly provision: ((requirement: DcvRequirement) => void) | undefined;
  /** Code of an applied zone stream: no recorded success answer is known. */
  readonly streamCode: 'S0202002' | 'S0301';
  /** A zone change that removes what is not there. */
  readonly missingRecord: 'ignore' | 'refuse';
  /** The CA refuses an order for this reason, at once. */
  readonly caRefuses: ((names: readonly string[]) => string | undefined) | undefined;
  /** SSL contacts that exist from the beginning. */
  readonly contactIds: readonly number[];
  /** What every user may spend in all; undefined: anything. An order beyond it is refused. */
  readonly credit: number | undefined;
  /** Overrides of the built-in price list, EUR by product. */
  readonly prices: Readonly<Record<string, number>>;
  readonly currency: string;
}

export const DEFAULT_OPTIONS: InternetxOptions = {
  ...DEFAULT_GATEWAY_OPTIONS,
  id: 'internetx',
  routes: 'both',
  language: 'en',
  oldCodeNames: false,
  nestedMessages: 'none',
  rateLimit: undefined,
  requireUserAgent: true,
  reissueCode: 'N400101',
  reissueAction: 'create',
  skewedDates: true,
  dnsOwner: 'apex',
  fileForm: 'path',
  redrawsAuthentication: false,
  renamesSoftware: false,
  reversedChain: false,
  confirmSummary: false,
  runningMessages: false,
  confirmJobs: false,
  slowMs: 3_600_000,
  renewalWindowDays: 90,
  renewalWindowBefore: 'expire',
  managedZones: 'sandbox',
  provision: undefined,
  streamCode: 'S0202002',
  missingRecord: 'ignore',
  caRefuses: undefined,
  contactIds: [100],
  credit: undefined,
  prices: {},
  currency: 'EUR',
};
