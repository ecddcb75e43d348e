/**
 * One function per remote command, section of hexonet-ssl-api (or the vendor's command page) above it, each marked
 * *repeatable* or not. No policy here.
 */
import { optionalPem, type Value } from '../../vendors/hexonet/command.ts';
import type { Reply } from '../../vendors/hexonet/reply.ts';
import type { Transport } from '../../vendors/hexonet/transport.ts';
import {
  createValues,
  reissueValues,
  renewValues,
  type CreateIntent,
  type ReissueIntent,
  type RenewIntent,
} from './intents.ts';

export interface ListParameters {
  readonly className?: string;
  readonly status?: string;
  readonly commonName?: string;
  readonly createdSince?: Date;
  readonly createdUntil?: Date;
  /** Index of the first row, from 0. */
  readonly first: number;
  readonly limit: number;
}

/** By class and name before an order, or by the id of one. */
export type ApproverQuestion =
  { readonly className: string; readonly domain: string } | { readonly certificateId: string };

export interface ResendParameters {
  readonly certificateId: string;
  /** Another mail than the one for the approver: InviteEmail, PickUpEmail, … (command page). */
  readonly type?: string | undefined;
  readonly email?: string | undefined;
}

export type Client = ReturnType<typeof createClient>;

export function createClient(transport: Transport) {
  type Parameters = Readonly<Record<string, Value>>;
  const repeatable = (name: string, parameters: Parameters, signal: AbortSignal): Promise<Reply> =>
    transport.send({ name, parameters, repeatable: true }, signal);
  const notRepeatable = (name: string, parameters: Parameters, signal: AbortSignal): Promise<Reply> =>
    transport.send({ name, parameters, repeatable: false }, signal);

  return {
    /** "Order certificate …". Not repeatable: orders. */
    createSslCert: (intent: CreateIntent, signal: AbortSignal) =>
      notRepeatable('CreateSSLCert', createValues(intent), signal),

    /** "Renew certificate …". Not repeatable: orders anew. */
    renewSslCert: (intent: RenewIntent, signal: AbortSignal) =>
      notRepeatable('RenewSSLCert', renewValues(intent), signal),

    /** "Reissue SSL certificate". Not repeatable: free, but each one is another certificate. */
    reissueSslCert: (intent: ReissueIntent, signal: AbortSignal) =>
      notRepeatable('ReissueSSLCert', reissueValues(intent), signal),

    /**
     * "Revoke SSL certificate"; the command page demands REASON, the document leaves it out: it is always sent.
     * Repeatable: the second has nothing left to do.
     */
    revokeSslCert: (certificateId: string, reason: string, signal: AbortSignal) =>
      repeatable('RevokeSSLCert', { sslcertid: certificateId, reason }, signal),

    /** "Get status of SSL certificate order". Repeatable. */
    statusSslCert: (certificateId: string, signal: AbortSignal) =>
      repeatable('StatusSSLCert', { sslcertid: certificateId }, signal),

    /** "Parse CSR". Repeatable. */
    parseSslCertCsr: (csrPem: string, signal: AbortSignal) =>
      repeatable('ParseSSLCertCSR', { csr: optionalPem(csrPem) }, signal),

    /** "Resend validation email". Repeatable: at worst a second mail. */
    resendSslCertEmail: ({ certificateId, type, email }: ResendParameters, signal: AbortSignal) =>
      repeatable('ResendSSLCertEmail', { sslcertid: certificateId, resendemailtype: type, email }, signal),

    /** "Request list of possible validation email addresses"; by id: command page. Repeatable. */
    querySslCertDcvEmailAddressList: (question: ApproverQuestion, signal: AbortSignal) =>
      repeatable(
        'QuerySSLCertDCVEMailAddressList',
        'certificateId' in question
          ? { sslcertid: question.certificateId }
          : { sslcertclass: question.className, domain: question.domain },
        signal,
      ),

    /** Command page QuerySSLCertList. Repeatable. Oldest first, so that what is added meanwhile comes last. */
    querySslCertList: (list: ListParameters, signal: AbortSignal) =>
      repeatable(
        'QuerySSLCertList',
        {
          wide: 1,
          orderby: 'CREATEDDATE',
          sslcertclass: list.className,
          status: list.status,
          sslcertcn: list.commonName,
          mincreateddate: optionalDate(list.createdSince),
          maxcreateddate: optionalDate(list.createdUntil),
          first: list.first,
          limit: list.limit,
        },
        signal,
      ),
  };
}

/** "2016-02-11 00:00:00", in UTC (see schema.ts). */
function optionalDate(date: Date | undefined): string | undefined {
  return date?.toISOString().slice(0, 19).replace('T', ' ');
}
