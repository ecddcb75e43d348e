/**
 * The knobs. Every default is the plain reading of the document "SSL Certificate (Purchase)"; that leaves all answers
 * open, so each knob about an answer offers the shapes a client of this API has to expect, and its default is a choice.
 *
 * Besides, the beginning of a CSR's common name steers what becomes of it: "refuse-…" is refused at once, "credit-…" is
 * answered as if the credit were used up, "fail-…" is taken and fails at the CA, "slow-…" stays pending for `slowMs`
 * after the CA has issued.
 */

/** The list's way to say that there is more. */
export interface Pagination {
  /** `next` or `links.next` in the body, or a header `Link: <…>; rel="next"`. */
  readonly form: 'next' | 'links' | 'link-header';
  readonly pageSize: number;
  /** What the address of the next page begins with: the asked server, nothing, or another server, "http://192.0.2.1". */
  readonly origin: 'own' | 'relative' | (string & {});
  /** The last page names the first one as the next. */
  readonly endless?: boolean;
}

export interface ReselloOptions {
  /** Id used in faults and history. */
  readonly id: string;
  readonly basePath: string;

  // What is asked
  /** Fields and query parameters that the document does not name. */
  readonly unknownFields: 'refused' | 'ignored';
  /** `domain` in a validate request: in the document's sample, but not in its table. */
  readonly validateDomain: 'accepted' | 'refused';
  /** How `?client_reference=` compares. */
  readonly referenceFilter: 'exact' | 'partial';
  /** "At least 2048 bits in length", taken by the letter, refuses every EC key. */
  readonly ecKeys: 'accepted' | 'refused';
  /** Whether mail goes to any address, as in the document's sample, or to the five mailboxes CAs write to. */
  readonly approverAddresses: 'any' | 'constructed';
  /** More requests in a second are answered with HTTP 429. */
  readonly rateLimit: { readonly perSecond: number; readonly retryAfterSeconds?: number } | undefined;

  // What is answered
  /** Around every JSON answer; "results" and "items" only around lists. */
  readonly envelope: 'plain' | 'result' | 'data' | 'results' | 'items';
  readonly pagination: Pagination | undefined;
  readonly errors: 'list' | 'text' | 'object' | 'fields' | 'message' | 'detail' | 'empty' | 'html';
  /** For fields that are missing or wrong. */
  readonly invalidStatus: 400 | 422;
  readonly createdStatus: 200 | 201 | 202;
  /** Of an accepted renew or reissue. */
  readonly acceptedStatus: 200 | 201 | 202;
  /** The object as it was, now deleted, or HTTP 204. */
  readonly deleteAnswer: 'object' | 'empty';
  /** A deleted certificate is not found any more, or is kept with its status. */
  readonly afterDelete: 'gone' | 'kept';
  /** "least": id, status and client_reference only. */
  readonly fields: 'all' | 'least';
  readonly nameField: 'domain' | 'common_name' | 'name';
  readonly planForm: 'id' | 'object';
  readonly createdName: 'created' | 'created_at';
  readonly updatedName: 'updated' | 'updated_at';
  readonly expiresName: 'expires' | 'expiration_date' | 'expire_date' | 'valid_until';
  /** What that date is: the certificate's end, or the end of what is paid for. */
  readonly expiresMeans: 'certificate' | 'term';
  /** "microseconds": 2013-10-22T14:28:36.896498+00:00, as this vendor's older API wrote. */
  readonly dateForm: 'microseconds' | 'iso' | 'day';
  /** Status words; the document has only the first two. */
  readonly words: Readonly<Record<'pending' | 'active' | 'failed' | 'expired' | 'deleted', string>>;

  // The life of an order
  /** For so long after its creation a certificate is found neither by id nor in the list. */
  readonly hiddenMs: number;
  /** For so long after an accepted renew or reissue the certificate still shows its state from before. */
  readonly staleMs: number;
  /** For so long after its acceptance an order is not with the CA yet, and there are no validation details. */
  readonly provisioningMs: number;
  readonly slowMs: number;
  /** Orders whose names were validated lately are issued without asking again. */
  readonly reusesValidation: 'never' | 'reissue' | 'always';
  /** "The certificate will be activated right away, making the current one invalid". */
  readonly reissueInvalidates: 'after-issuance' | 'at-once';
  /** What a certificate shows whose renewal or reissue the CA refused. */
  readonly afterFailedRenewal: 'failed' | 'active';
  /** A retried validation wants new evidence. */
  readonly validateRedraws: boolean;
  /** `renew_days_before_expiration` counts from the certificate's end or from the paid term's. */
  readonly renewWindowBefore: 'certificate' | 'term';
  /** The CA adds `www.` by itself where one proof serves both names. */
  readonly addsWww: boolean;
  /** What is left to spend, in `currency`; undefined: without end. */
  readonly credit: number | undefined;
  readonly currency: string;

  // validation-details
  /**
   * One entry per domain with objects in it; one with zone lines; the first domain's fields flat; the bare list; plain
   * text; or sentences for people only.
   */
  readonly details: 'objects' | 'zone-lines' | 'flat' | 'list' | 'text' | 'prose';
  /** How a DNS instruction calls its owner and its data. */
  readonly instructionNames: 'name-value' | 'host-content' | 'host-target';
  /** A file's place: its path on the host, its URL, or its bare name. */
  readonly fileForm: 'path' | 'url' | 'name';
  /** Where the record for a TXT challenge belongs. */
  readonly txtOwner: '_dnsauth' | 'apex';
  /** Details that would do harm: a path that climbs out of the web root, a record outside the certificate's names. */
  readonly harmfulDetails: 'path' | 'name' | undefined;

  // Downloads
  /** While there is nothing to download yet. */
  readonly downloadWhilePending: 'not-found' | 'empty';
  readonly crt: 'leaf' | 'chain' | 'der';
  readonly ca: 'intermediate' | 'intermediate-root' | 'root-intermediate';
  readonly pkcs7: 'pem' | 'der';
  /** PEM with LF, with CRLF, or without an end to its last line. */
  readonly lineEnds: 'lf' | 'crlf' | 'no-final';
  /** The first two are harmless, the others are attacks or damage. */
  readonly zip: 'plain' | 'odd-names' | 'climbing' | 'bomb' | 'lying-sizes' | 'encrypted' | 'wrong-crc';
}

export const DEFAULT_OPTIONS: ReselloOptions = {
  id: 'resello',
  basePath: '/api',
  unknownFields: 'refused',
  validateDomain: 'accepted',
  referenceFilter: 'exact',
  ecKeys: 'accepted',
  approverAddresses: 'any',
  rateLimit: undefined,
  envelope: 'plain',
  pagination: undefined,
  errors: 'list',
  invalidStatus: 400,
  createdStatus: 201,
  acceptedStatus: 200,
  deleteAnswer: 'object',
  afterDelete: 'gone',
  fields: 'all',
  nameField: 'domain',
  planForm: 'id',
  createdName: 'created',
  updatedName: 'updated',
  expiresName: 'expires',
  expiresMeans: 'certificate',
  dateForm: 'microseconds',
  words: { pending: 'pending', active: 'active', failed: 'failed', expired: 'expired', deleted: 'deleted' },
  hiddenMs: 0,
  staleMs: 0,
  provisioningMs: 0,
  slowMs: 3_600_000,
  reusesValidation: 'never',
  reissueInvalidates: 'after-issuance',
  afterFailedRenewal: 'failed',
  validateRedraws: false,
  renewWindowBefore: 'certificate',
  addsWww: false,
  credit: undefined,
  currency: 'EUR',
  details: 'objects',
  instructionNames: 'name-value',
  fileForm: 'path',
  txtOwner: '_dnsauth',
  harmfulDetails: undefined,
  downloadWhilePending: 'not-found',
  crt: 'leaf',
  ca: 'intermediate',
  pkcs7: 'pem',
  lineEnds: 'lf',
  zip: 'plain',
};
