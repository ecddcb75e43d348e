/** The knobs. Every default is the plain reading of the vendor's documents; the rest is there to be awkward. */
import { KEYDNS_DEFAULTS } from './keydns/options.ts';
import type { KeyDnsOptions } from './keydns/options.ts';
import { LEGACY_DEFAULTS } from './legacy/options.ts';
import type { LegacyOptions } from './legacy/options.ts';
import type { Prices } from './classes.ts';
import type { AnswerStyle, PropertyNames } from './wire.ts';

export interface RrpproxyOptions extends LegacyOptions, KeyDnsOptions {
  /** Id used in faults, history and `SimulatorRequest` routing. */
  readonly id: string;
  readonly style: AnswerStyle;
  readonly names: PropertyNames;
  readonly unknownParameters: 'refuse' | 'ignore';
  /** Which API a certificate command without `apiversion` speaks, where it exists in both. */
  readonly missingApiVersion: 'v1' | 'v2' | 'refuse';
  /** Commands per second and account; more locks the account for `lockMs` with 422. */
  readonly rateLimit: { readonly perSecond: number; readonly lockMs: number } | undefined;
  readonly sessionIdleMs: number;
  readonly sessionTtlMs: number;
  /** Starting credit of every account, EUR. */
  readonly credit: number;
  readonly vatRate: number;
  readonly currency: string;
  /** Overrides of the built-in price list, by class. */
  readonly prices: Readonly<Record<string, Partial<Prices>>>;
  /** Answer failed Add/Renew/Reissue with a `FAIL…` id where the CA refused. */
  readonly failureIds: boolean;
  /** The CA refuses an order for this reason, at once. */
  readonly caRefuses: ((names: readonly string[]) => string | undefined) | undefined;
  /**
   * Common names (after `*.` or `www.`) that begin with `refuse-` are refused by the CA at once, with `fail-` fail after
   * the order was taken, with `slow-` are issued `slowMs` late, with `credit-` meet an empty credit (546).
   */
  readonly steeredByName: boolean;
  readonly slowMs: number;
  /** `bare-first`: index 0 of `dns rr` is the token alone, as one example prints it. */
  readonly dnsRecordForm: 'full' | 'bare-first' | 'bare';
  /** Scheme of `file name`: that of the method, or always https as in the manual's example. */
  readonly fileNameScheme: 'as-method' | 'https';
  /** Where control is checked when no `dcvscope` is sent. */
  readonly defaultDcvScope: 'base' | 'fqdn';
  /** Print the second value of a list at index 0 again (StatusCertificateOrder). */
  readonly duplicatedIndex: boolean;
  /** The first StatusCertificate of a pending certificate shows, and the CA wants, new DCV data. */
  readonly dcvDataChangesAfterOrder: boolean;
  /** Underscores or blanks in `event_date`, `object_id`, `migrated_to_certificate` and the like. */
  readonly eventNames: 'underscores' | 'blanks';
  readonly serviceTagsInherited: boolean;
  readonly statusShowsParent: boolean;
  /** The manual says reissue does not exist for this CA. */
  readonly sectigoReissue: 'refuse' | 'allow';
  /** A second reissue while one is in progress. */
  readonly concurrentReissue: 'allow' | 'refuse';
  /** Days before the end of the paid term from which RenewCertificate is accepted; undefined: any time. */
  readonly renewalWindowDays: number | undefined;
  /** How long a revocation or cancellation stays in its `…_processing` status. */
  readonly closeDelayMs: number;
  /** Canceled certificates in lists without being asked for: one sample shows them, the knowledge base hides them. */
  readonly listsCanceled: boolean;
  /** How many rows `total` counts that no page shows (the contact list sample counts one). */
  readonly overstatedTotal: number;
  /** P- and O-handles that do not exist; every other one does. */
  readonly unknownHandles: readonly string[];
  /** Days until a CertificateContact that no living certificate uses is deleted ("a few weeks"). */
  readonly unusedContactDays: number;
}

export const DEFAULT_OPTIONS: RrpproxyOptions = {
  ...LEGACY_DEFAULTS,
  ...KEYDNS_DEFAULTS,
  id: 'rrpproxy',
  style: 'wire',
  names: 'examples',
  unknownParameters: 'refuse',
  missingApiVersion: 'v1',
  rateLimit: undefined,
  sessionIdleMs: 600_000,
  sessionTtlMs: 86_400_000,
  credit: 10_000,
  vatRate: 0.16,
  currency: 'EUR',
  prices: {},
  failureIds: true,
  caRefuses: undefined,
  steeredByName: false,
  slowMs: 3_600_000,
  dnsRecordForm: 'full',
  fileNameScheme: 'as-method',
  defaultDcvScope: 'fqdn',
  duplicatedIndex: false,
  dcvDataChangesAfterOrder: false,
  eventNames: 'underscores',
  serviceTagsInherited: false,
  statusShowsParent: true,
  sectigoReissue: 'refuse',
  concurrentReissue: 'allow',
  renewalWindowDays: undefined,
  closeDelayMs: 0,
  listsCanceled: false,
  overstatedTotal: 0,
  unknownHandles: [],
  unusedContactDays: 28,
};
