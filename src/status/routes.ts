/** What each address of the status server answers. Reads only. */
import { expositionType, type Metrics } from './metrics.ts';
import { statusReport } from './report.ts';
import type { StatusSource } from './source.ts';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export interface RouteContext {
  readonly source: StatusSource;
  readonly metrics: Metrics;
  /** A last pass older than this counts as a stuck daemon. */
  readonly healthLimitMs: number;
}

interface Route {
  readonly says: string;
  readonly answer: (context: RouteContext) => Promise<Answer> | Answer;
}

const jsonType = 'application/json; charset=utf-8';
export const textType = 'text/plain; charset=utf-8';

const routes: Readonly<Record<string, Route>> = {
  '/': { says: 'this list', answer: index },
  '/metrics': { says: 'for Prometheus', answer: metrics },
  '/healthz': { says: '200 while passes are made, else 503', answer: healthz },
  '/readyz': { says: '200 after the first pass, before it 503', answer: readyz },
  '/status.json': { says: 'every certificate and open renewal', answer: status },
};

/** Undefined when there is no such address. */
export function findRoute(path: string): Route['answer'] | undefined {
  return Object.hasOwn(routes, path) ? routes[path]?.answer : undefined;
}

function json(status: number, value: unknown): Answer {
  return { status, type: jsonType, body: `${JSON.stringify(value, null, 2)}\n` };
}

function index(): Answer {
  const lines = Object.entries(routes).map(([path, route]) => `${path.padEnd(14)}${route.says}`);
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
function healthz({ source, healthLimitMs }: RouteContext): Answer {
  const { now, version, startedAt, lastPassAt, configValid } = source.health();
  const ageMs = now.getTime() - (lastPassAt ?? startedAt).getTime();
  const healthy = ageMs < healthLimitMs;
  return json(healthy ? 200 : 503, {
    status: healthy ? 'ok' : 'stuck',
    version,
    startedAt,
    lastPassAt,
    ageSeconds: Math.floor(ageMs / 1000),
    limitSeconds: healthLimitMs / 1000,
    configValid,
  });
}

function readyz({ source }: RouteContext): Answer {
  const { lastPassAt } = source.health();
  return lastPassAt === null
    ? json(503, { status: 'starting', lastPassAt })
    : json(200, { status: 'ready', lastPassAt });
}
