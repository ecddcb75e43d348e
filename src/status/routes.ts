/** What each address of the status server answers. Reads only. */
import { expositionType, type Metrics } from './metrics.ts';
import { statusReport } from './report.ts';
import type { StatusSource } from './source.ts';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RouteContext {
  readonly source: StatusSource;
  readonly metrics: Metrics;
  /** A last pass older than this counts as a stuck daemon. */
  readonly healthLimitMs: number;
}

export interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  /** Showed what is demanded, or nothing is. */
  readonly isGranted: boolean;
}

interface Route {
  readonly says: string;
  /** Everybody may ask, and is told less. */
  readonly isOpen?: true;
  readonly answer: (context: RouteContext, asked: Asked) => Promise<Answer | undefined> | Answer;
}

const jsonType = 'application/json; charset=utf-8';
export const textType = 'text/plain; charset=utf-8';
const htmlType = 'text/html; charset=utf-8';

/** No script, nothing from elsewhere, no frame around it; one form, which asks the page itself. */
const pagePolicy =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const routes: Readonly<Record<string, Route>> = {
  '/': { says: 'all certificates', answer: list },
  '/addresses': { says: 'this list', answer: addresses },
  '/metrics': { says: 'for Prometheus', answer: metrics },
  '/healthz': { says: '200 while passes are made, else 503', isOpen: true, answer: healthz },
  '/readyz': { says: '200 after the first pass, before it 503', isOpen: true, answer: readyz },
  '/status.json': { says: 'every certificate and open renewal', answer: status },
};

const certificatePrefix = '/certificates/';
const certificateRoute: Route = { says: 'one certificate', answer: certificate };
const assetRoute: Route = { says: 'style and icon', isOpen: true, answer: asset };

/** Undefined when there is no such address. */
export function findRoute(path: string): Route | undefined {
  if (Object.hasOwn(routes, path)) return routes[path];
  if (path.startsWith(certificatePrefix) && nameIn(path) !== undefined) return certificateRoute;
  return /^\/(style|icon)-[0-9a-f]{16}\.(css|svg)$/.test(path) ? assetRoute : undefined;
}

function nameIn(path: string): string | undefined {
  try {
    const name = decodeURIComponent(path.slice(certificatePrefix.length));
    // As names of certificates are written in the inventory (settings/field-schemas.ts).
    return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

function json(status: number, value: unknown): Answer {
  return { status, type: jsonType, body: `${JSON.stringify(value, null, 2)}\n` };
}

function pageAnswer({ body, refreshSeconds }: { body: string; refreshSeconds?: number }): Answer {
  return {
    status: 200,
    type: htmlType,
    body,
    headers: {
      'content-security-policy': pagePolicy,
      ...(refreshSeconds === undefined ? {} : { refresh: String(refreshSeconds) }),
    },
  };
}

async function list({ source }: RouteContext, { query }: Asked): Promise<Answer> {
  const { certificatesPage } = await import('./page/index.ts');
  return pageAnswer(await certificatesPage(source, query));
}

async function certificate({ source }: RouteContext, { path, query }: Asked): Promise<Answer | undefined> {
  const { certificatePage } = await import('./page/index.ts');
  const found = await certificatePage(source, nameIn(path) ?? '', query);
  return found && pageAnswer(found);
}

async function asset(_context: RouteContext, { path }: Asked): Promise<Answer | undefined> {
  const { findAsset } = await import('./page/index.ts');
  const found = findAsset(path);
  // The address changes with what is there.
  return found && { status: 200, ...found, headers: { 'cache-control': 'max-age=31536000, immutable' } };
}

/** For people: says nothing of what is here. */
export async function refusal(
  status: number,
  isHtml: boolean,
  title: string,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  if (!isHtml) return { status, type: textType, body: `${title.toLowerCase()}: ${text}\n`, headers };
  const { refusalPage } = await import('./page/index.ts');
  const body = refusalPage({ title, text });
  return { status, type: htmlType, body, headers: { 'content-security-policy': pagePolicy, ...headers } };
}

function addresses(): Answer {
  const rows = { ...routes, '/certificates/NAME': certificateRoute };
  const lines = Object.entries(rows).map(([path, route]) => `${path.padEnd(20)}${route.says}`);
  return { status: 200, type: textType, body: `renewd\n\n${lines.join('\n')}\n` };
}

async function metrics({ source, metrics, healthLimitMs }: RouteContext): Promise<Answer> {
  const [certificates, open, spending] = await Promise.all([
    source.certificates(),
    source.openRenewals(),
    source.spending(),
  ]);
  return {
    status: 200,
    type: expositionType,
    body: await metrics.render(certificates, open.length, spending, { ...source.health(), healthLimitMs }),
  };
}

async function status({ source }: RouteContext): Promise<Answer> {
  return json(200, await statusReport(source));
}

/** Before the first pass the time since the start counts, so that a daemon stuck in its first pass is seen too. */
function healthz({ source, healthLimitMs }: RouteContext, { isGranted }: Asked): Answer {
  const { now, version, startedAt, lastPassAt, configValid } = source.health();
  const ageMs = now.getTime() - (lastPassAt ?? startedAt).getTime();
  const healthy = ageMs < healthLimitMs;
  const word = healthy ? 'ok' : 'stuck';
  if (!isGranted) return json(healthy ? 200 : 503, { status: word });
  return json(healthy ? 200 : 503, {
    status: word,
    version,
    startedAt,
    lastPassAt,
    ageSeconds: Math.floor(ageMs / 1000),
    limitSeconds: healthLimitMs / 1000,
    configValid,
  });
}

function readyz({ source }: RouteContext, { isGranted }: Asked): Answer {
  const { lastPassAt } = source.health();
  const detail = isGranted ? { lastPassAt } : {};
  return lastPassAt === null
    ? json(503, { status: 'starting', ...detail })
    : json(200, { status: 'ready', ...detail });
}
