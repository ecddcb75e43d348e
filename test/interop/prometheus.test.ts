/**
 * A real Prometheus scrapes a real daemon with the shipped rules: for each real trouble its alert rings, and stops when the
 * trouble is over. Only the waiting is cut short.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createSecureContext, createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { dashboardExpressions } from '../../scripts/docs/grafana-dashboard.ts';
import { metricsTable } from '../../src/status/metrics-table.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { sandboxAccounts, sandboxTsigKey, startFullSandbox } from '../../src/sandbox/start.ts';
import { read } from '../docs/pages.ts';
import { freePort } from '../builders/free-port.ts';
import { createClosers, shouldSkip, startRenewd, until, type Running } from './processes.ts';
import { prometheusMissing, startPrometheus, type Prometheus } from './prometheus.ts';
import { products, seedOnDisk } from './seeds.ts';

const skip = shouldSkip('prometheus.test.ts', prometheusMissing());
const everyMs = 500;
const patienceMs = 60_000;

/** The shipped rules without their waiting times, and what was changed. */
function hurried(rules: string): { readonly text: string; readonly changes: readonly string[] } {
  const changes: string[] = [];
  const lines = rules.split('\n').map((line) => {
    const quick = line.replace(/for: \w+$/, 'for: 0s').replace(/(failing_since\w+ >) 1800/, '$1 2');
    if (quick !== line) changes.push(`${line.trim()} -> ${quick.trim()}`);
    return quick;
  });
  return { text: lines.join('\n'), changes };
}

const closers = createClosers();
let directory = '';
let configPath = '';
let sandbox: Sandbox;
let prometheus: Prometheus;
let daemon: Running;
let metricsPort = 0;
let tlsPort = 0;
let forwarderPort = 0;
/** What the TLS server shows in place of what is asked for. */
let showInstead: string | undefined;

const secrets = {
  CNR_PASSWORD: sandboxAccounts.rrpproxy.password,
  TSIG_SECRET: sandboxTsigKey.secret,
};

interface Choice {
  readonly hold: boolean;
  readonly ordersPerDay: number;
}

function configuration({ hold, ordersPerDay }: Choice): string {
  const dns = `127.0.0.1:${sandbox.dns.address.port}`;
  const simulator = sandbox.vendors.get('rrpproxy')?.baseUrl ?? '';
  const account = {
    type: 'rrpproxy',
    login: sandboxAccounts.rrpproxy.login,
    password: { env: 'CNR_PASSWORD' },
    requestsPerSecond: 20,
    defaultTechContact: {
      firstName: 'Jane',
      lastName: 'Doe',
      phone: '+49.301234567',
      email: 'hostmaster@example.test',
    },
  };
  const entry = (name: string, more: object = {}) => ({
    name,
    names: [`${name}.example.test`],
    deploy: [{ directory: `tls/${name}` }],
    ...more,
  });
  return stringify({
    store: { sqlite: 'renewd.db' },
    keys: 'keys',
    listen: `127.0.0.1:${metricsPort}`,
    schedule: '*/2 * * * * *',
    resolvers: [dns],
    authoritative: { 'example.test': [dns] },
    revocation: { check: false },
    providers: {
      cnr: { ...account, url: `${simulator}/api/call.cgi`, spend: { ordersPerDay: ordersPerDay + 1 } },
      poor: { ...account, url: `${simulator}/api/call.cgi`, spend: { ordersPerDay } },
      dead: { ...account, url: `http://127.0.0.1:${forwarderPort}/api/call.cgi` },
    },
    publishers: {
      ns: {
        type: 'rfc2136',
        server: dns,
        zones: ['example.test'],
        key: { name: sandboxTsigKey.name, algorithm: 'hmac-sha256', secret: { env: 'TSIG_SECRET' } },
      },
    },
    defaults: { product: products.rrpproxy, provider: 'cnr' },
    certificates: [
      entry('late', { hold }),
      entry('shop', {
        deploy: [
          {
            directory: 'tls/shop',
            probe: [{ host: '127.0.0.1', port: tlsPort, serverName: 'shop.example.test' }],
          },
        ],
      }),
      entry('club', { provider: 'poor', product: products.rrpproxy }),
      entry('lost', { provider: 'dead', product: products.rrpproxy }),
    ],
  });
}

async function startTls(): Promise<number> {
  const server = createTlsServer({
    SNICallback(host, callback) {
      try {
        const set = join(directory, 'tls', showInstead ?? host.split('.')[0] ?? '');
        const cert = readFileSync(join(set, 'fullchain.pem'));
        callback(null, createSecureContext({ key: readFileSync(join(set, 'privkey.pem')), cert }));
      } catch (thrown) {
        callback(thrown instanceof Error ? thrown : new Error(String(thrown)));
      }
    },
  });
  server.on('tlsClientError', () => undefined);
  server.on('secureConnection', (socket) => socket.on('error', () => undefined));
  closers.add(() => server.close());
  const port = await freePort();
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  return port;
}

/** The way to the second account, which is not there at first. */
async function openForwarder(): Promise<void> {
  const { hostname: host, port } = new URL(sandbox.vendors.get('rrpproxy')?.baseUrl ?? '');
  const server = createServer((incoming) => {
    const outgoing = connect(Number(port), host);
    incoming.on('error', () => outgoing.destroy());
    outgoing.on('error', () => incoming.destroy());
    incoming.pipe(outgoing).pipe(incoming);
  });
  closers.add(() => server.close());
  await new Promise<void>((resolve) => {
    server.listen(forwarderPort, '127.0.0.1', resolve);
  });
}

async function startDaemon(): Promise<void> {
  daemon = startRenewd(['run', '-c', configPath], { env: secrets });
  const started = daemon;
  closers.add(() => started.stop());
  await until('the daemon answers', 60_000, async () => {
    if (!daemon.isRunning()) throw new Error(daemon.stderr());
    return (await fetch(`http://127.0.0.1:${metricsPort}/readyz`)).ok;
  });
}

/** "RenewdNotServed shop" */
async function ringing(): Promise<ReadonlySet<string>> {
  const alerts = await prometheus.firing();
  return new Set(
    alerts.map(({ labels }) =>
      [labels['alertname'], labels['certificate'] ?? labels['provider'] ?? ''].join(' ').trim(),
    ),
  );
}

async function rings(...wanted: readonly string[]): Promise<void> {
  const startedAt = performance.now();
  let seen: ReadonlySet<string> = new Set();
  const all = async (): Promise<boolean> => {
    seen = await ringing();
    return wanted.every((alert) => seen.has(alert));
  };
  await until(`these alerts: ${wanted.join(', ')}`, patienceMs, all, 100).catch((cause: unknown) => {
    throw new Error(`${wanted.join(', ')} wanted, ${[...seen].join(', ')} ring\n${daemon.stderr()}`, {
      cause,
    });
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`prometheus: after ${seconds} s ring: ${[...seen].toSorted().join(', ')}\n`);
}

async function silent(...gone: readonly string[]): Promise<void> {
  let seen: ReadonlySet<string> = new Set();
  const none = async (): Promise<boolean> => {
    seen = await ringing();
    return gone.length === 0 ? seen.size === 0 : gone.every((alert) => !seen.has(alert));
  };
  await until('the alerts end', patienceMs, none, 100).catch((cause: unknown) => {
    throw new Error(`still ringing: ${[...seen].join(', ')}\n${daemon.stderr()}`, { cause });
  });
}

async function scrape(): Promise<string> {
  return (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
}

function lint(text: string): void {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
}

beforeAll(async () => {
  if (skip) return;
  directory = mkdtempSync(join(tmpdir(), 'renewd-watched-'));
  closers.add(() => rmSync(directory, { recursive: true, force: true }));
  configPath = join(directory, 'renewd.yaml');
  sandbox = await startFullSandbox({ clock: { now: () => new Date() }, zones: ['example.test'], tickMs: 50 });
  closers.add(() => sandbox.close());
  await seedOnDisk(sandbox, {
    vendor: 'rrpproxy',
    names: ['late.example.test'],
    daysLeft: 3,
    paidDays: 150,
    directory: join(directory, 'tls/late'),
  });
  metricsPort = await freePort();
  forwarderPort = await freePort();
  tlsPort = await startTls();
  const rules = hurried(read('config/prometheus/alerts.yml'));
  process.stdout.write(
    `prometheus: the shipped rules, hurried:\n${rules.changes.map((line) => `  ${line}\n`).join('')}`,
  );
  prometheus = await startPrometheus({ target: metricsPort, rules: rules.text, everyMs });
  closers.add(() => prometheus.stop());
});

afterAll(async () => {
  await closers.close();
});

test.skipIf(skip)(
  'alerts ring for what is really wrong, and end with it',
  async () => {
    // Before there is a daemon.
    await rings('RenewdDown');
    writeFileSync(configPath, configuration({ hold: true, ordersPerDay: 0 }));
    await startDaemon();
    await rings(
      'RenewdCertificateLate late',
      'RenewdCertificateVeryLate late',
      'RenewdNeedsPerson club',
      'RenewdSpendLimitNear cnr',
      'RenewdProviderFailing dead',
    );
    lint(await scrape());
    expect(await ringing()).not.toContain('RenewdDown');

    await openForwarder();
    await silent('RenewdProviderFailing dead');

    const good = configuration({ hold: false, ordersPerDay: 10 });
    writeFileSync(configPath, `${good}shedule: '* * * * *'\n`);
    await rings('RenewdConfigurationRefused', 'RenewdCertificateVeryLate late');
    writeFileSync(configPath, good);
    await silent('RenewdConfigurationRefused', 'RenewdCertificateVeryLate late', 'RenewdSpendLimitNear cnr');

    daemon.kill('SIGKILL');
    await rings('RenewdDown');
    await daemon.ended;
    // While it is away somebody makes the server show another certificate, and the hour is over after which endpoints and
    // spending limits are looked at again.
    showInstead = 'late';
    const database = new DatabaseSync(join(directory, 'renewd.db'));
    database.exec("UPDATE certificates SET served_checked_at = 0 WHERE name = 'shop'");
    database.exec("UPDATE renewals SET next_at = 0 WHERE certificate = 'club' AND state = 'blocked'");
    database.close();
    await startDaemon();
    await rings('RenewdNotServed shop');
    showInstead = undefined;
    await silent();

    const text = await scrape();
    lint(text);
    const shown = new Set(
      [...text.matchAll(/^(renewd_[a-z_]+?)(?:_bucket|_sum|_count)?(?:\{| )/gm)].map(([, name]) => name),
    );
    const absent = Object.keys(metricsTable).filter((name) => !shown.has(name));
    process.stdout.write(`prometheus: metrics without a series in the end: ${absent.join(', ')}\n`);
    expect(await prometheus.brokenRules()).toEqual([]);
  },
  240_000,
);

test.skipIf(skip)('every expression of the dashboard is one that Prometheus answers', async () => {
  const empty: string[] = [];
  for (const expression of dashboardExpressions) {
    const whole = expression.replaceAll('$instance', '.*').replaceAll('$__rate_interval', '1m');
    const answer = await prometheus.query(whole);
    expect(answer, expression).toMatchObject({ status: 'success' });
    expect(answer.warnings ?? [], expression).toEqual([]);
    if (answer.data?.result.length === 0) empty.push(expression);
  }
  // What is about trouble is empty when there is none.
  const trouble = /ALERTS|failing_since|renewal_state|notices|spend_month|outcome!="ok"/;
  expect(empty.filter((expression) => !trouble.test(expression))).toEqual([]);
});
