/** What a stage may use. Everything comes in from outside; a stage knows no other stage and no concrete part. */
import type { Clock, Files, Logger, Processes, Random } from '../contracts/platform.ts';
import type { ProviderCapabilities } from '../contracts/capabilities.ts';
import type { Provider } from '../contracts/provider.ts';
import type { DnsRecord, NamedPublisher, PropagationReport } from '../contracts/publisher.ts';
import type { Store } from '../contracts/store.ts';
import type { KeyType, ManagedCertificate, Secret, SpendLimits } from '../core/certificate.ts';

/** Where private keys live. Nothing but pruning ever deletes one. */
export interface KeyVault {
  /** Generated, written 0600, fsynced, read back and tried before it returns. */
  create(
    certificate: string,
    type: KeyType,
  ): Promise<{ readonly keyId: string; readonly spkiSha256: string }>;
  /** A key that the provider made, durable and tried before it returns. Throws RenewdError `key-unusable`. */
  keep(certificate: string, keyPem: Secret): Promise<{ readonly keyId: string; readonly spkiSha256: string }>;
  /** PKCS #8 PEM. Throws RenewdError `key-unusable`. */
  read(keyId: string): string;
}

/** DNS as the stage for domain control sees it. */
export interface DnsView {
  /** The name where a record for `name` really has to be put: the end of the CNAME chain. */
  followDelegation(name: string, signal: AbortSignal): Promise<string>;
  /** Our own look at every authoritative server of the record's zone. */
  propagation(record: DnsRecord, signal: AbortSignal): Promise<PropagationReport>;
}

export interface ProviderHandle {
  readonly provider: Provider;
  readonly capabilities: ProviderCapabilities;
  readonly spend: SpendLimits;
  /** How long after a lost answer the provider's list may lag behind: absence counts as proof only after it. */
  readonly lostAnswerGraceMs: number;
}

export interface StageContext {
  readonly managed: ManagedCertificate;
  /** The certificate that is replaced is revoked, or its key lost: the next key is a fresh one, and nothing waits. */
  readonly condemned: boolean;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly files: Files;
  readonly processes: Processes;
  readonly keys: KeyVault;
  readonly dns: DnsView;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  provider(): Promise<ProviderHandle>;
  /** Of the provider, without making its client. */
  capabilities(): ProviderCapabilities;
  /** Limits over all providers together. */
  spendOverall(): SpendLimits;
  publishers(): Promise<readonly NamedPublisher[]>;
}
