/** The concrete thing to publish for one identifier, so that the CA can see that we control it. */

export interface DnsChallenge {
  readonly kind: 'dns';
  /** The name whose control is proved; lower-case A-label, no trailing dot; a wildcard keeps its "*." here. */
  readonly identifier: string;
  /** Absolute owner name of the record, no trailing dot. */
  readonly recordName: string;
  readonly recordType: 'TXT' | 'CNAME';
  /** TXT: the text, unquoted. CNAME: the absolute target, no trailing dot. */
  readonly value: string;
}

export interface FileChallenge {
  readonly kind: 'file';
  readonly identifier: string;
  /** Host that must answer, from the provider's URL or the identifier. */
  readonly host: string;
  /** Absolute URL path, e.g. "/.well-known/pki-validation/fileauth.txt". */
  readonly path: string;
  readonly content: string;
}

export interface EmailChallenge {
  readonly kind: 'email';
  readonly identifier: string;
  /** Where the approval mail went, as far as the provider says. */
  readonly addresses: readonly string[];
}

export type Challenge = DnsChallenge | FileChallenge | EmailChallenge;
