/** The routes, with the vendor's own names for them. */
import { certificateInfo, commentCertificate, revokeSerial, searchCertificates } from './certificates.ts';
import type { RouteContext } from './context.ts';
import type { Envelope } from './envelope.ts';
import {
  cancelOpenJob,
  confirmJob,
  dropJob,
  operatorsOnly,
  rejectJob,
  resendApproverEmail,
  resendPhoneAuthorization,
  restartJob,
  retryJob,
} from './job-actions.ts';
import { jobHistoryInfo, jobInfo, searchJobHistory, searchJobs } from './jobs.ts';
import { createCertificate, deleteCertificate, reissueCertificate, renewCertificate } from './ordering.ts';
import { pollConfirm, pollInfo } from './poll.ts';
import { prepareOrder } from './prepare.ts';
import { createRealtime } from './realtime.ts';
import { contactInfo, createContact, deleteContact, searchContacts, updateContact } from './ssl-contacts.ts';
import { patchZone, searchZones, streamZone, zoneInfo } from './zones.ts';

export type Handler = (context: RouteContext) => Envelope | Promise<Envelope>;

export interface Route {
  readonly method: string;
  /** Current spelling; `{id}` is a number, `{name}` and `{ns}` are names. */
  readonly path: string;
  readonly run: Handler;
}

const ok: Handler = () => ({ type: 'SUCCESS' });

/** Login and logout are not here: they come before authentication. */
export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/hello', run: ok },
  { method: 'POST', path: '/certificate', run: createCertificate },
  { method: 'POST', path: '/certificate/_prepareOrder', run: prepareOrder },
  { method: 'POST', path: '/certificate/_realtime', run: createRealtime },
  { method: 'POST', path: '/certificate/_search', run: searchCertificates },
  { method: 'GET', path: '/certificate/{id}', run: certificateInfo },
  { method: 'PUT', path: '/certificate/{id}', run: reissueCertificate },
  { method: 'DELETE', path: '/certificate/{id}', run: deleteCertificate },
  { method: 'PUT', path: '/certificate/{id}/_renew', run: renewCertificate },
  { method: 'PUT', path: '/certificate/{id}/_comment', run: commentCertificate },
  { method: 'POST', path: '/certificate/{id}/_revoke', run: revokeSerial },
  { method: 'DELETE', path: '/certificate/{id}/_revoke', run: revokeSerial },
  { method: 'GET', path: '/poll', run: pollInfo },
  { method: 'PUT', path: '/poll/{id}', run: pollConfirm },
  { method: 'GET', path: '/job/{id}', run: jobInfo },
  { method: 'DELETE', path: '/job/{id}', run: dropJob },
  { method: 'POST', path: '/job/_search', run: searchJobs },
  { method: 'GET', path: '/job/history/{id}', run: jobHistoryInfo },
  { method: 'POST', path: '/job/history/_search', run: searchJobHistory },
  { method: 'PUT', path: '/job/{id}/_cancel', run: cancelOpenJob },
  { method: 'PUT', path: '/job/{id}/_restart', run: restartJob },
  { method: 'PUT', path: '/job/{id}/_retry', run: retryJob },
  { method: 'PUT', path: '/job/{id}/_resendApproverEmail', run: resendApproverEmail },
  { method: 'PUT', path: '/job/{id}/_resendPhoneAuthorization', run: resendPhoneAuthorization },
  { method: 'PUT', path: '/job/{id}/_confirm', run: confirmJob },
  { method: 'PUT', path: '/job/{id}/_reject', run: rejectJob },
  { method: 'PUT', path: '/job/{id}/_failed', run: operatorsOnly },
  // Spelled like this in the vendor's OpenAPI document.
  { method: 'PUT', path: '/job/{id}/_succeded', run: operatorsOnly },
  { method: 'POST', path: '/zone/_search', run: searchZones },
  { method: 'POST', path: '/zone/{name}/_stream', run: streamZone },
  { method: 'GET', path: '/zone/{name}', run: zoneInfo },
  { method: 'GET', path: '/zone/{name}/{ns}', run: zoneInfo },
  { method: 'PATCH', path: '/zone/{name}/{ns}', run: patchZone },
  { method: 'POST', path: '/sslcontact', run: createContact },
  { method: 'POST', path: '/sslcontact/_search', run: searchContacts },
  { method: 'GET', path: '/sslcontact/{id}', run: contactInfo },
  { method: 'PUT', path: '/sslcontact/{id}', run: updateContact },
  { method: 'DELETE', path: '/sslcontact/{id}', run: deleteContact },
];
