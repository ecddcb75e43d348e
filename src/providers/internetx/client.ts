/**
 * The remote commands of the JSON API, one function each. No policy, no retries, no waiting: a command is sent once and
 * its envelope returned, or the error thrown that errors.ts makes of the answer.
 *
 * Paths and methods: OpenAPI document of April 2026; the `plain` spellings: vendor's reissue walkthrough (page version
 * 29) and OpenAPI documents of 2018.
 */
import type { Secret } from '../../core/certificate.ts';
import { RenewdError } from '../../core/errors.ts';
import { createHttpClient, type HttpClient } from '../../vendors/common/http.ts';
import { createThrottle, type Throttle } from '../../vendors/common/throttle.ts';
import type { ProviderDependencies } from '../../contracts/provider.ts';
import { acceptedEnvelope } from './errors.ts';
import type { Envelope } from './wire.ts';

interface Command {
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

/** Every command that the client can send. Documented in README.md, "Commands". */
export const commands = {
  /** GET /hello: connection and credentials work. HELP: JSON API Basics, "Connection test". */
  hello: { command: 'Hello', task: '-', method: 'GET', path: '/hello', repeatable: true },
  /** Checks a CSR and hands out validation data; orders nothing. Reissue walkthrough, "Create DNS Record and check CSR". */
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
  /** Reissue walkthrough, "Certificate Reissue". */
  reissue: {
    command: 'CertificateReissue',
    task: '400102',
    method: 'PUT',
    path: '/certificate/{id}',
    repeatable: false,
  },
  /** HELP: Certificate Renew. */
  renew: {
    command: 'CertificateRenew',
    task: '400106',
    method: 'PUT',
    path: '/certificate/{id}/_renew',
    plain: { path: '/certificate/{id}/renew' },
    repeatable: false,
  },
  /** One superseded certificate by serial number. HELP: Certificate Revoke; DELETE in the documents of 2018 to 2020. */
  revoke: {
    command: 'CertificateRevoke',
    task: '4001031',
    method: 'POST',
    path: '/certificate/{id}/_revoke',
    plain: { method: 'DELETE', path: '/certificate/{id}/revoke' },
    repeatable: false,
  },
  /** Cancels the whole certificate and its paid term. */
  remove: {
    command: 'CertificateDelete',
    task: '400103',
    method: 'DELETE',
    path: '/certificate/{id}',
    repeatable: false,
  },
  /** Reissue walkthrough, "Inquire Certificate Data". */
  info: {
    command: 'CertificateInfo',
    task: '400104',
    method: 'GET',
    path: '/certificate/{id}',
    repeatable: true,
  },
  search: {
    command: 'CertificateList',
    task: '400105',
    method: 'POST',
    path: '/certificate/_search',
    repeatable: true,
  },
  /** The oldest unconfirmed message. Reissue walkthrough, "Checking and Confirming Notifications". */
  pollInfo: { command: 'PollInfo', task: '0905', method: 'GET', path: '/poll', repeatable: true },
  /** Confirming a message twice changes nothing more than once does. */
  pollConfirm: { command: 'PollConfirm', task: '0906', method: 'PUT', path: '/poll/{id}', repeatable: true },
  jobInfo: { command: 'JobInfo', task: '300114', method: 'GET', path: '/job/{id}', repeatable: true },
  jobHistoryInfo: {
    command: 'JobHistoryInfo',
    task: '300134',
    method: 'GET',
    path: '/job/history/{id}',
    repeatable: true,
  },
  jobSearch: { command: 'JobList', task: '300115', method: 'POST', path: '/job/_search', repeatable: true },
  jobHistorySearch: {
    command: 'JobHistoryList',
    task: '300135',
    method: 'POST',
    path: '/job/history/_search',
    repeatable: true,
  },
  /** Runs the job's present step again; asking twice is asking once. No plain spelling is attested. */
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
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof commands;

type Call = (signal: AbortSignal) => Promise<Envelope>;
type CallById = (id: string, signal: AbortSignal) => Promise<Envelope>;
type CallWithBody = (body: object, signal: AbortSignal) => Promise<Envelope>;
/** `reference` becomes the client transaction id, which returns in the order's message. */
type Order = (body: object, reference: string, signal: AbortSignal) => Promise<Envelope>;
type OrderById = (id: string, body: object, reference: string, signal: AbortSignal) => Promise<Envelope>;
type Search = (body: object, keys: readonly string[], signal: AbortSignal) => Promise<Envelope>;

export interface InternetxClient {
  readonly hello: Call;
  readonly prepareOrder: CallWithBody;
  readonly create: Order;
  readonly realtime: Order;
  readonly reissue: OrderById;
  readonly renew: OrderById;
  readonly revoke: (id: string, body: object, signal: AbortSignal) => Promise<Envelope>;
  readonly remove: CallById;
  readonly info: CallById;
  readonly search: Search;
  readonly pollInfo: Call;
  readonly pollConfirm: CallById;
  readonly jobInfo: CallById;
  readonly jobHistoryInfo: CallById;
  readonly jobSearch: Search;
  readonly jobHistorySearch: Search;
  readonly jobRetry: CallById;
  readonly jobCancel: CallById;
  readonly close: () => Promise<void>;
}

export interface ClientOptions {
  readonly url: string;
  readonly user: string;
  readonly password: Secret;
  readonly context: number;
  readonly routes: 'underscore' | 'plain';
  readonly requestsPerSecond: number;
}

/**
 * The throttle lets as many requests go at once as its rate has whole ones, and refills meanwhile: 2.5 would mean two at
 * once and two more within the second, four where InterNetX allows three. Below 2 there is no such burst.
 */
const steadyRateMax = 1.99;

interface Parts {
  readonly id?: string;
  readonly body?: object;
  readonly reference?: string;
  /** Extra fields that a list is asked for: `?keys[]=a&keys[]=b`, brackets unescaped as the vendor's clients send them. */
  readonly keys?: readonly string[];
}

export function createClient(options: ClientOptions, dependencies: ProviderDependencies): InternetxClient {
  const { clock, random, observe } = dependencies;
  const throttle: Throttle = createThrottle({
    requestsPerSecond: Math.min(options.requestsPerSecond, steadyRateMax),
    concurrency: 4,
    clock,
  });
  const http: HttpClient = createHttpClient({
    baseUrl: options.url,
    // The API demands a User-Agent (HELP: JSON API Basics, "Login and authentication").
    userAgent: 'renewd',
    throttle,
    clock,
    random,
    observe,
  });
  // A provider that echoes a request must not carry the credentials into an error.
  const redact = (text: string): string =>
    [credentialsOf(options), options.password.reveal()].reduce(redactSecret, text);

  async function send(name: CommandName, parts: Parts, signal: AbortSignal): Promise<Envelope> {
    const command: Command = commands[name];
    const plain = options.routes === 'plain' ? command.plain : undefined;
    const path = (plain?.path ?? command.path).replace('{id}', () => checkedId(parts.id));
    const query = (parts.keys ?? []).map((key) => `keys[]=${key}`).join('&');
    try {
      const answer = await http.request({
        command: command.command,
        method: plain?.method ?? command.method,
        path: query === '' ? path : `${path}?${query}`,
        headers: headersFor(options, parts),
        ...(parts.body === undefined ? {} : { body: JSON.stringify(parts.body) }),
        repeatable: command.repeatable,
        signal,
      });
      return acceptedEnvelope(answer, command, redact);
    } catch (thrown) {
      // The limit counts for the whole address: whoever else waits for a turn must wait, too.
      if (thrown instanceof RenewdError && thrown.kind === 'rate-limited')
        throttle.pause(thrown.retryAfterMs ?? 0);
      throw thrown;
    }
  }

  return {
    hello: (signal) => send('hello', {}, signal),
    prepareOrder: (body, signal) => send('prepareOrder', { body }, signal),
    create: (body, reference, signal) => send('create', { body, reference }, signal),
    realtime: (body, reference, signal) => send('realtime', { body, reference }, signal),
    reissue: (id, body, reference, signal) => send('reissue', { id, body, reference }, signal),
    renew: (id, body, reference, signal) => send('renew', { id, body, reference }, signal),
    revoke: (id, body, signal) => send('revoke', { id, body }, signal),
    remove: (id, signal) => send('remove', { id }, signal),
    info: (id, signal) => send('info', { id }, signal),
    search: (body, keys, signal) => send('search', { body, keys }, signal),
    pollInfo: (signal) => send('pollInfo', {}, signal),
    pollConfirm: (id, signal) => send('pollConfirm', { id }, signal),
    jobInfo: (id, signal) => send('jobInfo', { id }, signal),
    jobHistoryInfo: (id, signal) => send('jobHistoryInfo', { id }, signal),
    jobSearch: (body, keys, signal) => send('jobSearch', { body, keys }, signal),
    jobHistorySearch: (body, keys, signal) => send('jobHistorySearch', { body, keys }, signal),
    jobRetry: (id, signal) => send('jobRetry', { id }, signal),
    jobCancel: (id, signal) => send('jobCancel', { id }, signal),
    close: () => http.close(),
  };
}

/** HELP: Authentication, "BasicAuth". */
function credentialsOf(options: ClientOptions): string {
  return Buffer.from(`${options.user}:${options.password.reveal()}`).toString('base64');
}

function headersFor(options: ClientOptions, parts: Parts): Record<string, string> {
  return {
    authorization: `Basic ${credentialsOf(options)}`,
    'x-domainrobot-context': String(options.context),
    accept: 'application/json',
    ...(parts.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(parts.reference === undefined ? {} : { 'x-domainrobot-ctid': parts.reference }),
  };
}

/** Ids come from answers and from the store; nothing else may become part of a path. */
function checkedId(id: string | undefined): string {
  if (id !== undefined && /^[A-Za-z0-9_-]{1,64}$/.test(id)) return id;
  throw new RenewdError('internal', 'an InterNetX id has characters that do not belong into a path');
}

function redactSecret(text: string, secret: string): string {
  return secret === '' ? text : text.replaceAll(secret, '[secret]');
}
