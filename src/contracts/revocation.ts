/** What the CA says about a certificate that it issued: the seam between the flow and the reading of CRLs and OCSP. */

const revocationStatuses = ['good', 'revoked', 'unknown'] as const;
export type RevocationStatus = (typeof revocationStatuses)[number];

/** Only what the issuer signed and what is not out of date counts as `good` or `revoked`. */
export interface RevocationAnswer {
  readonly status: RevocationStatus;
  /** RFC 5280 §5.3.1 word ("keyCompromise"), where the CA gave one. */
  readonly reason: string | null;
  readonly revokedAt: Date | null;
  /** Address of the list or responder whose word this is; null when there is none. */
  readonly source: string | null;
  /** Sentence for people; for `unknown` why nothing is known. */
  readonly detail: string;
  /** False: the certificate names no list and no responder, so there is nothing to fail. */
  readonly offered: boolean;
}

export interface RevocationQuestion {
  /** Of the leaf, lower-case hex SHA-256. */
  readonly fingerprint256: string;
  /** PEM files in which the leaf and its issuer are, in any order. */
  readonly pems: readonly (string | Uint8Array)[];
}

export interface RevocationReader {
  /** Bounded in time and size. Never throws: what cannot be read is `unknown`, with the reason. */
  look(question: RevocationQuestion, signal: AbortSignal): Promise<RevocationAnswer>;
}

export interface PlainRequest {
  /** http only. */
  readonly url: string;
  /** Present: a POST. */
  readonly body?: { readonly type: string; readonly bytes: Uint8Array };
  /** Largest body that is read. */
  readonly maxBytes: number;
  /** For everything, from the connection to the last byte; milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** HTTP without secrets and without TLS, as lists and responders are offered: what they say is signed. */
export interface PlainHttp {
  /**
   * The body of an answer with status 200. Follows a redirect on the same host only. Throws RenewdError
   * `revocation-unreadable` for every other outcome.
   */
  fetch(request: PlainRequest): Promise<Buffer>;
}
