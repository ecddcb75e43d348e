/** The one JSON form of the status: the same from /status.json and from `renewd status --json`. */
import type { CertificateStatus, RenewalStatus, SpendingStatus, StatusSource } from './source.ts';

/** Moments become ISO 8601 texts in UTC when it is turned into JSON. */
export interface StatusReport {
  readonly at: Date;
  readonly certificates: readonly CertificateStatus[];
  readonly openRenewals: readonly RenewalStatus[];
  readonly spending: readonly SpendingStatus[];
}

export async function statusReport(source: StatusSource): Promise<StatusReport> {
  const [certificates, openRenewals, spending] = await Promise.all([
    source.certificates(),
    source.openRenewals(),
    source.spending(),
  ]);
  return { at: source.health().now, certificates, openRenewals, spending };
}
