/**
 * The remote commands, one function each. No policy, no retries, no waiting: a command is sent once and what it answers
 * returned, or the error thrown that errors.ts makes of it.
 *
 * Paths and methods: vendor document "SSL Certificate (Purchase)". It names no method for renew, reissue and validate;
 * its samples show POST.
 */
import type { ProviderDependencies } from '../../contracts/provider.ts';
import type { Secret } from '../../core/certificate.ts';
import { hasKind, RenewdError } from '../../core/errors.ts';
import { secretForms } from '../../core/secret-forms.ts';
import { createHttpClient, type HttpAnswer, type HttpRequest } from '../../vendors/common/http.ts';
import { requireSuccess, unreadable, type CommandTraits } from './errors.ts';
import { isObject, parseJson } from './wire.ts';

export const downloadFormats = ['zip', 'pkcs7', 'crt', 'csr', 'ca'] as const;
export type DownloadFormat = (typeof downloadFormats)[number];

/** A JSON answer, and the Link header that may lead to more of it. */
export interface Page {
  readonly body: unknown;
  readonly link: string | undefined;
}

export interface ReselloClient {
  /** /ssl-certificate GET. Repeatable. */
  list(
    query: { readonly plan?: string; readonly clientReference?: string },
    signal: AbortSignal,
  ): Promise<Page>;
  /** A further page of either list, by the address that the one before named. Repeatable. */
  more(command: 'CertificateList' | 'PlanList', address: string, signal: AbortSignal): Promise<Page>;
  /** /ssl-certificate POST. Paid, not repeatable. */
  create(body: object, signal: AbortSignal): Promise<unknown>;
  /** /ssl-certificate/{id} GET. Repeatable. */
  read(id: string, signal: AbortSignal): Promise<unknown>;
  /** /ssl-certificate/{id}/renew. Paid, not repeatable. */
  renew(id: string, body: object, signal: AbortSignal): Promise<unknown>;
  /** /ssl-certificate/{id}/reissue. Ends the earlier certificate, not repeatable. */
  reissue(id: string, body: object, signal: AbortSignal): Promise<unknown>;
  /** /ssl-certificate/{id} DELETE: ends the whole certificate at once. Deleting twice is deleting once. */
  remove(id: string, signal: AbortSignal): Promise<void>;
  /** /ssl-certificate/{id}/validate. Asking twice costs at most a second mail. */
  validate(id: string, body: object, signal: AbortSignal): Promise<void>;
  /** /ssl-certificate/{id}/validation-details GET. Repeatable; undefined when the body is empty. */
  validationDetails(id: string, signal: AbortSignal): Promise<unknown>;
  /** /ssl-certificate/{id}/download-{format} GET, application/octet-stream. Repeatable. */
  download(id: string, format: DownloadFormat, signal: AbortSignal): Promise<Buffer>;
  /** /ssl-certificate-plan GET; `name` a part of it, `id` one or several. Repeatable. */
  plans(
    query: { readonly name?: string; readonly id?: readonly string[] },
    signal: AbortSignal,
  ): Promise<Page>;
  /** /ssl-certificate-plan/{id} GET. Repeatable. */
  plan(id: string, signal: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
}

export interface ClientOptions {
  readonly url: string;
  readonly username: string;
  readonly apiKey: Secret;
  readonly requestsPerSecond: number;
}

/** A list holds a CSR of a KiB or two for each certificate. */
const bytesMax = 2 * 1024 * 1024;

export function createClient(options: ClientOptions, dependencies: ProviderDependencies): ReselloClient {
  const { clock, random, observe } = dependencies;
  const { url, username, requestsPerSecond } = options;
  const pace = { requestsPerSecond, concurrency: 2 };
  const throttle = dependencies.throttleOf(`resello ${URL.parse(url)?.host ?? ''} ${username}`, pace);
  const http = createHttpClient({
    baseUrl: url,
    userAgent: 'renewd',
    maxBytes: bytesMax,
    throttle,
    clock,
    random,
    observe,
  });
  const credentials = Buffer.from(`${username}:${options.apiKey.reveal()}`).toString('base64');
  const secrets = spellings(options.apiKey.reveal(), credentials);
  // A provider that echoes a request must not carry the credentials into an error.
  const redact = (text: string): string =>
    secrets.reduce((clean, secret) => clean.replaceAll(secret, '[secret]'), text);

  async function send(
    traits: CommandTraits,
    request: Pick<HttpRequest, 'method' | 'path'> & { readonly body?: object },
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const { method, path, body } = request;
    try {
      const answer = await http.request({
        ...traits,
        method,
        path,
        headers: {
          authorization: `Basic ${credentials}`,
          accept: 'application/json, application/octet-stream',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal,
      });
      requireSuccess(answer, traits, redact);
      return answer;
    } catch (thrown) {
      if (hasKind(thrown, 'rate-limited')) throttle.pause(thrown.retryAfterMs ?? 0);
      throw thrown;
    }
  }

  async function page(command: string, path: string, signal: AbortSignal): Promise<Page> {
    const traits = { command, repeatable: true };
    const answer = await send(traits, { method: 'GET', path }, signal);
    return { body: jsonOf(answer, traits), link: answer.headers['link'] };
  }

  async function order(command: string, path: string, body: object, signal: AbortSignal): Promise<unknown> {
    const traits = { command, repeatable: false };
    const json = jsonOf(await send(traits, { method: 'POST', path, body }, signal), traits);
    if (!isObject(json)) throw unreadable(traits, 'its answer is no object');
    return json;
  }

  return {
    list: ({ plan, clientReference }, signal) =>
      page(
        'CertificateList',
        `/ssl-certificate${queryOf({ plan, client_reference: clientReference })}`,
        signal,
      ),
    more: (command, address, signal) => page(command, pathBelow(url, address), signal),
    create: (body, signal) => order('CertificateCreate', '/ssl-certificate', body, signal),
    read: async (id, signal) => (await page('CertificateRead', certificatePath(id), signal)).body,
    renew: (id, body, signal) => order('CertificateRenew', `${certificatePath(id)}/renew`, body, signal),
    reissue: (id, body, signal) =>
      order('CertificateReissue', `${certificatePath(id)}/reissue`, body, signal),
    remove: async (id, signal) => {
      const traits = { command: 'CertificateDelete', repeatable: true };
      await send(traits, { method: 'DELETE', path: certificatePath(id) }, signal);
    },
    validate: async (id, body, signal) => {
      const traits = { command: 'CertificateValidate', repeatable: true };
      await send(traits, { method: 'POST', path: `${certificatePath(id)}/validate`, body }, signal);
    },
    validationDetails: async (id, signal) => {
      const traits = { command: 'CertificateValidationDetails', repeatable: true };
      const answer = await send(
        traits,
        { method: 'GET', path: `${certificatePath(id)}/validation-details` },
        signal,
      );
      return answer.body.length === 0 ? undefined : jsonOf(answer, traits);
    },
    download: async (id, format, signal) => {
      const traits = { command: 'CertificateDownload', repeatable: true };
      const path = `${certificatePath(id)}/download-${format}`;
      return (await send(traits, { method: 'GET', path }, signal)).body;
    },
    plans: ({ name, id }, signal) =>
      page('PlanList', `/ssl-certificate-plan${queryOf({ name, id: id?.map(checkedId).join(',') })}`, signal),
    plan: async (id, signal) =>
      (await page('PlanRead', `/ssl-certificate-plan/${checkedId(id)}`, signal)).body,
    close: () => http.close(),
  };
}

function jsonOf(answer: HttpAnswer, traits: CommandTraits): unknown {
  const json = parseJson(answer.text());
  if (json === undefined) throw unreadable(traits, 'its answer is not JSON');
  return json;
}

/** References and names may hold anything ("#123" in the document's samples). */
function queryOf(values: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) query.set(name, value);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

function certificatePath(id: string): string {
  return `/ssl-certificate/${checkedId(id)}`;
}

/** Ids come from answers, from the store and from people; nothing else may become part of a path. */
function checkedId(id: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(id)) return id;
  throw new RenewdError('usage', 'a Resello id has only letters, digits, "-" and "_", at most 64');
}

/** The path and query of a next page below the base URL. Throws `provider-protocol` for one that leads elsewhere. */
function pathBelow(baseUrl: string, address: string): string {
  const base = new URL(baseUrl);
  const target = URL.parse(address, `${base.origin}${base.pathname.replace(/\/$/, '')}/`);
  const prefix = base.pathname.replace(/\/$/, '');
  if (target === null || target.origin !== base.origin || !target.pathname.startsWith(`${prefix}/`)) {
    throw new RenewdError('provider-protocol', 'Resello names a next page that is not below its own URL');
  }
  return target.pathname.slice(prefix.length) + target.search;
}

/** The coats in which a far side may give back what it was sent, the longest first. */
function spellings(apiKey: string, credentials: string): readonly string[] {
  return [credentials, ...secretForms(apiKey)].toSorted((a, b) => b.length - a.length);
}
