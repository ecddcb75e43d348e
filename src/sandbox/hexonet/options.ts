/**
 * The knobs. Every default is the plain reading of the vendor's document; the rest is there to be awkward.
 *
 * Some names steer what happens to an order, by the first label of the first name (a leading `*.` aside):
 * - `refuse-…`: the CA refuses the request at once, code 549; nothing is bought;
 * - `credit-…`: code 546, as if the credit were used up;
 * - `fail-…`: taken and charged, FAILED at the next look;
 * - `slow-…`: stays REQUESTED… for `slowMs` before it reaches the CA.
 */
import type { ContactFields } from './contacts.ts';
import type { AnswerStyle } from './wire.ts';

export interface HexonetOptions {
  /** Id used in faults and history. */
  readonly id: string;
  readonly style: AnswerStyle;
  readonly unknownParameters: 'refuse' | 'ignore';
  /** Commands per second and account, both doors together; more locks the account for `lockMs` with 425. */
  readonly rateLimit: { readonly perSecond: number; readonly lockMs: number } | undefined;
  /** HTTP sessions of one account at a time; one more is refused with 521. */
  readonly sessionsMax: number;
  /** What a session that is over is answered with: one page of the vendor says 507. */
  readonly expiredSessionCode: 530 | 507;
  /** What one may connect and be logged in over EPP at a time, per account; one more is refused with 2502. */
  readonly eppConnectionsMax: number;
  readonly eppIdleMs: number;
  /** How EPP writes an empty property: `<kv key="X"/>` or `<kv key="X" value=""/>`. */
  readonly eppNull: 'without-value' | 'empty-value';
  /** Starting credit of every account. */
  readonly credit: number;
  readonly currency: string;
  /** Yearly price by class, over the built-in list. */
  readonly prices: Readonly<Record<string, number>>;
  /** Known contact handles. */
  readonly contacts: Readonly<Record<string, ContactFields>>;
  /** REQUESTEDCREATE and PENDINGCREATE, their short forms, or the PROCESSING of an old revision of the document. */
  readonly statusWords: 'long' | 'short' | 'processing';
  /** The command page shows REQUESTEDRENEW for a renewal, the document REQUESTEDCREATE. */
  readonly renewalStatus: 'renew' | 'create';
  /** How long an order is REQUESTED… before the CA has it. */
  readonly transmissionDelayMs: number;
  readonly slowMs: number;
  /** Whether the DCV data is known with the answer to the order, or only once the CA has it. */
  readonly dcvData: 'with-order' | 'after-transmission';
  /** The first StatusSSLCert of an order shows, and the CA wants, new DCV data. */
  readonly dcvDataChangesAfterOrder: boolean;
  /** The document's own examples, or what Comodo's CA really used. */
  readonly validationForm: 'document' | 'comodo';
  /** What a renewal or reissue without VALIDATIONn does: the document says as before, the command page EMAIL. */
  readonly validationDefault: 'previous' | 'email';
  /** Certificates also carry `www.` of a domain and the domain of a wildcard, as the StatusSSLCert example's does. */
  readonly freeAlternative: boolean;
  /** REGISTRATIONEXPIRATIONDATE after issuance. In the examples both are the same moment. */
  readonly registrationExpiration: 'paid-until' | 'not-after';
  readonly caCertificates: 'with-root' | 'without-root' | 'root-first';
  /** The answer to ReissueSSLCert names no id; whether the old one stays is nowhere written. */
  readonly reissueId: 'same' | 'new';
  /** The command page demands a REASON, the document's examples have none. */
  readonly revocationReason: 'required' | 'optional';
  /** Days before the end of the paid term from which RenewSSLCert is accepted; undefined: any time. */
  readonly renewalWindowDays: number | undefined;
  /** Orders go into a queue first when asked with ORDER=CREATE, or always. */
  readonly orderQueue: 'on-request' | 'always';
  /** How long a queued order waits until the vendor executes it by itself, with `orderQueue` "always". */
  readonly orderQueueDelayMs: number;
  /** SSLCERTID as ten digits, or as the letters and digits some examples show. */
  readonly ids: 'digits' | 'letters';
  /** Zones of the sandbox's name server that this account manages. */
  readonly hostedZones: 'all' | readonly string[];
  /** Whether DELRR takes TXT data without quotes, and a record without TTL. */
  readonly recordDeletion: 'lenient' | 'exact';
  /** DELRR of a record that is not there. */
  readonly missingRecord: 'ignore' | 'refuse';
}

const HANDLE: ContactFields = {
  ORGANIZATION: 'Example GmbH',
  FIRSTNAME: 'Erika',
  LASTNAME: 'Mustermann',
  STREET: 'Musterstr. 1',
  CITY: 'Homburg',
  STATE: 'SL',
  ZIP: '66424',
  COUNTRY: 'DE',
  PHONE: '+49.6841123456',
  EMAIL: 'hostmaster@example.com',
};

export const DEFAULT_OPTIONS: HexonetOptions = {
  id: 'hexonet',
  style: 'wire',
  unknownParameters: 'refuse',
  rateLimit: undefined,
  sessionsMax: 100,
  expiredSessionCode: 530,
  eppConnectionsMax: 5,
  eppIdleMs: 600_000,
  eppNull: 'without-value',
  credit: 10_000,
  currency: 'EUR',
  prices: {},
  contacts: { 'P-ABC123': HANDLE, 'P-FCZ28558': { ...HANDLE, TITLE: 'Manager' } },
  statusWords: 'long',
  renewalStatus: 'renew',
  transmissionDelayMs: 0,
  slowMs: 600_000,
  dcvData: 'with-order',
  dcvDataChangesAfterOrder: false,
  validationForm: 'document',
  validationDefault: 'previous',
  freeAlternative: true,
  registrationExpiration: 'paid-until',
  caCertificates: 'with-root',
  reissueId: 'same',
  revocationReason: 'required',
  renewalWindowDays: undefined,
  orderQueue: 'on-request',
  orderQueueDelayMs: 0,
  ids: 'digits',
  hostedZones: 'all',
  recordDeletion: 'lenient',
  missingRecord: 'ignore',
};
