/** Everything the decision may look at. Gathered by the driver, judged by decide.ts. */
import type { ManagedCertificate } from '../../core/certificate.ts';
import type { Renewal } from '../../core/renewal.ts';
import type { CompromisedKey, RevocationRecord } from '../../core/revocation.ts';
import type { ProviderCapabilities } from '../../contracts/capabilities.ts';
import type { CertificateRecord, IssuedSummary } from '../../contracts/store.ts';

/** The certificate in the CRT file. */
export interface CurrentCertificate {
  /** Lower-case DNS names of the SAN extension. */
  readonly names: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly fingerprint256: string;
  readonly keyType: string;
}

export type CrtLook = UsableCrt | UnusableCrt;

export interface UsableCrt {
  readonly state: 'ok';
  readonly certificate: CurrentCertificate;
  readonly keyMatches: boolean | undefined;
}

/** There is none, it is no certificate, or nobody can tell. */
export interface UnusableCrt {
  readonly state: 'missing' | 'broken' | 'unreadable';
  readonly reason: string;
}

export interface DecisionFacts {
  readonly managed: ManagedCertificate;
  readonly crt: CrtLook;
  /** Deploy directories whose current leaf is not the CRT file's, and further files that are not there. */
  readonly driftedTargets: readonly string[];
  readonly record: CertificateRecord | undefined;
  /** The renewal that is not terminal. */
  readonly open: Renewal | undefined;
  /** Newest renewal with a verified certificate and its key at hand. */
  readonly deployable: IssuedSummary | undefined;
  /** The CA's last word; counts only for the certificate in the CRT file, by its fingerprint. */
  readonly revocation: RevocationRecord | undefined;
  /** Set when the key of the certificate in the CRT file is lost. */
  readonly compromise: CompromisedKey | undefined;
  readonly capabilities: ProviderCapabilities;
  /** Of the second provider, where the inventory names one. */
  readonly secondCapabilities: ProviderCapabilities | undefined;
  /** How often in a row the provider could not be asked about the order behind the certificate. */
  readonly lookupFailures: number;
  /** Set when an operator asked; `verb` when he also said how. */
  readonly requested: { readonly verb?: 'reissue' | 'renew' } | undefined;
}

export type DecisionAction =
  'none' | 'create' | 'renew' | 'reissue' | 'resume' | 'deploy' | 'wait' | 'blocked';
