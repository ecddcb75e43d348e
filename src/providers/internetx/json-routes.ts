/**
 * Routes of the JSON API. Paths and methods: OpenAPI document of April 2026; the `plain` spellings: vendor's reissue
 * walkthrough (page version 29) and OpenAPI documents of 2018. What a command does stands in gateway.ts.
 */

export interface Route {
  /** The vendor's name, for metrics and errors. */
  readonly command: string;
  /** The vendor's task number; "-" where there is none. */
  readonly task: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `{id}` is replaced by a checked id. */
  readonly path: string;
  /** Spelling before December 2018, where it differs. */
  readonly plain?: { readonly method?: 'DELETE'; readonly path: string };
  readonly repeatable: boolean;
}

function read(command: string, task: string, path: string): Route {
  return { command, task, method: 'GET', path, repeatable: true };
}

function search(command: string, task: string, path: string): Route {
  return { command, task, method: 'POST', path, repeatable: true };
}

export const routes = {
  hello: read('Hello', '-', '/hello'),
  prepareOrder: {
    command: 'CertificatePrepareOrder',
    task: '400110',
    method: 'POST',
    path: '/certificate/_prepareOrder',
    plain: { path: '/certificate/prepareOrder' },
    repeatable: true,
  },
  create: {
    command: 'CertificateCreate',
    task: '400101',
    method: 'POST',
    path: '/certificate',
    repeatable: false,
  },
  realtime: {
    command: 'CertificateRealtime',
    task: '4001012',
    method: 'POST',
    path: '/certificate/_realtime',
    plain: { path: '/certificate/realtime' },
    repeatable: false,
  },
  reissue: {
    command: 'CertificateReissue',
    task: '400102',
    method: 'PUT',
    path: '/certificate/{id}',
    repeatable: false,
  },
  renew: {
    command: 'CertificateRenew',
    task: '400106',
    method: 'PUT',
    path: '/certificate/{id}/_renew',
    plain: { path: '/certificate/{id}/renew' },
    repeatable: false,
  },
  /** DELETE in the documents of 2018 to 2020. */
  revoke: {
    command: 'CertificateRevoke',
    task: '4001031',
    method: 'POST',
    path: '/certificate/{id}/_revoke',
    plain: { method: 'DELETE', path: '/certificate/{id}/revoke' },
    repeatable: false,
  },
  remove: {
    command: 'CertificateDelete',
    task: '400103',
    method: 'DELETE',
    path: '/certificate/{id}',
    repeatable: false,
  },
  info: read('CertificateInfo', '400104', '/certificate/{id}'),
  list: search('CertificateList', '400105', '/certificate/_search'),
  comment: {
    command: 'CertificateComment',
    task: '4001024',
    method: 'PUT',
    path: '/certificate/{id}/_comment',
    plain: { path: '/certificate/{id}/comment' },
    repeatable: true,
  },
  pollInfo: read('PollInfo', '0905', '/poll'),
  pollConfirm: { command: 'PollConfirm', task: '0906', method: 'PUT', path: '/poll/{id}', repeatable: true },
  jobInfo: read('JobInfo', '300114', '/job/{id}'),
  jobHistoryInfo: read('JobHistoryInfo', '300134', '/job/history/{id}'),
  jobList: search('JobList', '300115', '/job/_search'),
  jobHistoryList: search('JobHistoryList', '300135', '/job/history/_search'),
  /** No plain spelling is attested for this one and the mail. */
  jobRetry: {
    command: 'JobRetry',
    task: '300117',
    method: 'PUT',
    path: '/job/{id}/_retry',
    repeatable: true,
  },
  jobCancel: {
    command: 'JobCancel',
    task: '300121',
    method: 'PUT',
    path: '/job/{id}/_cancel',
    plain: { path: '/job/{id}/cancel' },
    repeatable: true,
  },
  resendApproverMail: {
    command: 'JobResendApproverEmail',
    task: '400118',
    method: 'PUT',
    path: '/job/{id}/_resendApproverEmail',
    repeatable: true,
  },
  contactCreate: {
    command: 'SslContactCreate',
    task: '400201',
    method: 'POST',
    path: '/sslcontact',
    repeatable: false,
  },
  contactUpdate: {
    command: 'SslContactUpdate',
    task: '400202',
    method: 'PUT',
    path: '/sslcontact/{id}',
    repeatable: true,
  },
  contactRemove: {
    command: 'SslContactDelete',
    task: '400203',
    method: 'DELETE',
    path: '/sslcontact/{id}',
    repeatable: true,
  },
  contactInfo: read('SslContactInfo', '400204', '/sslcontact/{id}'),
  contactList: search('SslContactList', '400205', '/sslcontact/_search'),
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;
