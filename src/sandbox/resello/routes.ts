/** The routes, by the document's own words for them. */
import type { SimulatorAnswer } from '../contract.ts';
import type { PlainContext, RouteContext } from './context.ts';
import { deleteCertificate } from './deletion.ts';
import { download, FORMATS } from './downloads.ts';
import { createCertificate, reissueCertificate, renewCertificate } from './orders.ts';
import { listCertificates, listPlans, readCertificate, readPlan } from './reads.ts';
import { retryValidation } from './retry.ts';
import { validationDetails } from './validation-details.ts';

type Handler<Context> = (context: Context) => SimulatorAnswer | Promise<SimulatorAnswer>;

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the base path; `{id}` is one segment. */
  readonly path: string;
  readonly run:
    | { readonly on: 'account'; readonly handler: Handler<PlainContext> }
    | { readonly on: 'certificate'; readonly handler: Handler<RouteContext> };
}

const account = (method: Route['method'], path: string, handler: Handler<PlainContext>): Route => ({
  method,
  path,
  run: { on: 'account', handler },
});

const certificate = (method: Route['method'], below: string, handler: Handler<RouteContext>): Route => ({
  method,
  path: `/ssl-certificate/{id}${below}`,
  run: { on: 'certificate', handler },
});

const ROUTES: readonly Route[] = [
  account('GET', '/ssl-certificate', listCertificates),
  account('POST', '/ssl-certificate', createCertificate),
  account('GET', '/ssl-certificate-plan', listPlans),
  account('GET', '/ssl-certificate-plan/{id}', readPlan),
  certificate('GET', '', readCertificate),
  certificate('DELETE', '', deleteCertificate),
  certificate('POST', '/renew', renewCertificate),
  certificate('POST', '/reissue', reissueCertificate),
  certificate('POST', '/validate', retryValidation),
  certificate('GET', '/validation-details', validationDetails),
  ...FORMATS.map((format) =>
    certificate('GET', `/download-${format}`, (context) => download(context, format)),
  ),
];

export interface FoundRoute {
  readonly route: Route;
  readonly id: string;
}

/** Every route at a path, so that a wrong method can be told from a wrong path. */
export function routesAt(path: string, basePath: string): FoundRoute[] {
  if (!path.startsWith(`${basePath}/`)) return [];
  const segments = path.slice(basePath.length).split('/');
  return ROUTES.flatMap((route) => {
    const id = match(route.path.split('/'), segments);
    return id === undefined ? [] : [{ route, id }];
  });
}

/** The id in the path, "" where it has none, undefined when it is another path. */
function match(pattern: readonly string[], segments: readonly string[]): string | undefined {
  if (pattern.length !== segments.length) return undefined;
  let id = '';
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (part === '{id}' && segment !== '') id = segment;
    else if (part !== segment) return undefined;
  }
  return id;
}
