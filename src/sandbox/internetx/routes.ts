/** The routes, with the vendor's own names for them. */
import { certificateInfo, commentCertificate, revokeSerial, searchCertificates } from './certificates.ts';
import type { RouteContext } from './context.ts';
import type { Envelope } from './envelope.ts';
import {
  cancelOpenJob,
  jobHistoryInfo,
  jobInfo,
  operatorsOnly,
  resendApproverEmail,
  retryJob,
  searchJobHistory,
  searchJobs,
} from './jobs.ts';
import type { InternetxOptions } from './options.ts';
import {
  createCertificate,
  createRealtime,
  deleteCertificate,
  prepareOrder,
  reissueCertificate,
  renewCertificate,
} from './orders.ts';
import { pollConfirm, pollInfo } from './poll.ts';
import { contactInfo, createContact, deleteContact, searchContacts, updateContact } from './ssl-contacts.ts';

export type Handler = (context: RouteContext) => Envelope | Promise<Envelope>;

export interface Route {
  readonly method: string;
  /** Current spelling; `{id}` is a number. */
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
  { method: 'DELETE', path: '/job/{id}', run: cancelOpenJob },
  { method: 'POST', path: '/job/_search', run: searchJobs },
  { method: 'GET', path: '/job/history/{id}', run: jobHistoryInfo },
  { method: 'POST', path: '/job/history/_search', run: searchJobHistory },
  { method: 'PUT', path: '/job/{id}/_cancel', run: cancelOpenJob },
  { method: 'PUT', path: '/job/{id}/_restart', run: retryJob },
  { method: 'PUT', path: '/job/{id}/_retry', run: retryJob },
  { method: 'PUT', path: '/job/{id}/_resendApproverEmail', run: resendApproverEmail },
  { method: 'PUT', path: '/job/{id}/_resendPhoneAuthorization', run: operatorsOnly },
  { method: 'PUT', path: '/job/{id}/_confirm', run: operatorsOnly },
  { method: 'PUT', path: '/job/{id}/_reject', run: operatorsOnly },
  { method: 'PUT', path: '/job/{id}/_failed', run: operatorsOnly },
  // Spelled like this in the vendor's OpenAPI document.
  { method: 'PUT', path: '/job/{id}/_succeded', run: operatorsOnly },
  { method: 'POST', path: '/sslcontact', run: createContact },
  { method: 'POST', path: '/sslcontact/_search', run: searchContacts },
  { method: 'GET', path: '/sslcontact/{id}', run: contactInfo },
  { method: 'PUT', path: '/sslcontact/{id}', run: updateContact },
  { method: 'DELETE', path: '/sslcontact/{id}', run: deleteContact },
];

/** `_search` never had another spelling. */
function spellings(path: string, options: InternetxOptions): string[] {
  if (!path.includes('/_') || path.endsWith('/_search')) return [path];
  const plain = path.replace('/_', '/');
  switch (options.routes) {
    case 'both':
      return [path, plain];
    case 'underscore':
      return [path];
    case 'plain':
    default:
      return [plain];
  }
}

export function withoutPrefix(path: string): string {
  return path.replace(/^\/v1(?=\/)/, '').replace(/(?<=.)\/$/, '');
}

export interface FoundRoute {
  readonly route: Route;
  readonly id: number;
}

export function findRoute(method: string, path: string, options: InternetxOptions): FoundRoute | undefined {
  const segments = withoutPrefix(path).split('/');
  for (const route of ROUTES) {
    if (route.method !== method) continue;
    for (const spelling of spellings(route.path, options)) {
      const id = match(spelling.split('/'), segments);
      if (id !== undefined) return { route, id };
    }
  }
  return undefined;
}

/** The id in the path, 0 where it has none, undefined when it is another path. */
function match(pattern: readonly string[], segments: readonly string[]): number | undefined {
  if (pattern.length !== segments.length) return undefined;
  let id = 0;
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (part === '{id}' && /^\d{1,15}$/.test(segment)) id = Number(segment);
    else if (part !== segment) return undefined;
  }
  return id;
}
