/**
 * One function per remote command that API 1 still has, each marked *repeatable* or not. No policy here. Sections:
 * [R1] "Reissue a SSL Certificate Step by Step via API"; [K] knowledge base; [R2] Reference Manual (2022).
 *
 * `apiversion=1` goes with every command that knows it, because sources differ about the default ([R2] 8.1).
 */
import { pemLines } from '../../vendors/command-text/wire.ts';
import { markedSends, type Transport } from '../../vendors/rrpproxy/transport.ts';

const apiversion = 1;

export const authMethods = ['EMAIL', 'DNS', 'FILE'] as const;
export type AuthMethod = (typeof authMethods)[number];

export interface ReissueParameters {
  readonly certificate: string;
  /** Absent: the provider takes the newest active one. */
  readonly sub?: string;
  readonly csrPem: string;
  readonly reissueEmail?: string;
  readonly algorithm?: string;
  /** [K] change-of-validation-method. */
  readonly authMethod?: AuthMethod;
}

export interface ApproverParameters {
  readonly certificate: string;
  readonly sub?: string;
  /** At most 25. */
  readonly approverEmails: readonly string[];
  readonly authMethod?: AuthMethod;
}

export interface ListParameters {
  readonly certificate?: string;
  readonly status?: string;
  readonly class?: string;
  readonly domain?: string;
  readonly first?: number;
  readonly limit?: number;
}

export interface CheckParameters {
  readonly csrPem?: string;
  readonly certificatePem?: string;
}

export type Client = ReturnType<typeof createClient>;

export function createClient(transport: Transport) {
  const { repeatable, notRepeatable } = markedSends(transport);

  return {
    /** [R1] "ReissueCertificate API Command". Not repeatable: free, but each one is another sub-certificate. */
    reissueCertificate: (reissue: ReissueParameters, signal: AbortSignal) =>
      notRepeatable(
        'ReissueCertificate',
        {
          apiversion,
          certificate: reissue.certificate,
          sub: reissue.sub,
          csr: pemLines(reissue.csrPem),
          reissueemail: reissue.reissueEmail,
          algorithm: reissue.algorithm,
          authmethod: reissue.authMethod,
        },
        signal,
      ),

    /** [R1] "StatusCertificate API Command". Repeatable. Without a sub: the order with the newest one. */
    statusCertificate: (certificate: string, sub: string | undefined, signal: AbortSignal) =>
      repeatable('StatusCertificate', { apiversion, certificate, sub }, signal),

    /** [R1] "Revoking a certificate". Repeatable: the second finds it ended. There is no way to leave out the sub. */
    deleteCertificate: (certificate: string, sub: string, signal: AbortSignal) =>
      repeatable('DeleteCertificate', { apiversion, certificate, sub }, signal),

    /** [R1] list of commands, [R2] 8.1.8. Repeatable. */
    queryCertificateList: (list: ListParameters, signal: AbortSignal) =>
      repeatable('QueryCertificateList', { apiversion, wide: 1, ...list }, signal),

    /** [R1] list of commands, [R2] 8.1.1. Repeatable. */
    checkCertificate: (check: CheckParameters, signal: AbortSignal) =>
      repeatable(
        'CheckCertificate',
        {
          apiversion,
          csr: check.csrPem === undefined ? undefined : pemLines(check.csrPem),
          crt: check.certificatePem === undefined ? undefined : pemLines(check.certificatePem),
        },
        signal,
      ),

    /** [R1] list of commands, [R2] 8.4.2. Repeatable. */
    getCertificateInfo: (name: string | undefined, signal: AbortSignal) =>
      repeatable('GetCertificateInfo', { apiversion, class: name }, signal),

    /** [K] ModifyCertificate. Repeatable: the same address once more. It takes no apiversion. */
    changeApprover: (change: ApproverParameters, signal: AbortSignal) =>
      repeatable(
        'ModifyCertificate',
        {
          certificate: change.certificate,
          sub: change.sub,
          approveremail: change.approverEmails,
          authmethod: change.authMethod,
        },
        signal,
      ),

    /** Vendor page "API certificate migration v1.0 to v2.0". Not repeatable. `migrate` overrides any apiversion. */
    migrateCertificate: (certificate: string, signal: AbortSignal) =>
      notRepeatable('ModifyCertificate', { certificate, migrate: 1 }, signal),

    /** [R2] 8.4.1. Repeatable: sends the mail again, or makes the CA look again. It takes no apiversion. */
    resendNotification: (certificate: string, sub: string | undefined, signal: AbortSignal) =>
      repeatable('ResendNotification', { type: 'CERTIFICATE', object: certificate, sub }, signal),
  };
}
