/**
 * The daemon as a process of its own among peers that share nothing with it: BIND 9 takes its updates and answers the
 * CA, nginx serves what it deploys and is reloaded by it, fifty clients per second watch.
 */
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { query } from '../../src/dns/query.ts';
import { createDcvResolver } from '../../src/sandbox/ca/index.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { createInternetxSimulator } from '../../src/sandbox/internetx/index.ts';
import { createRrpproxySimulator } from '../../src/sandbox/rrpproxy/index.ts';
import { sandboxAccounts } from '../../src/sandbox/start.ts';
import { startHandshakes } from './handshakes.ts';
import { freePort } from '../builders/free-port.ts';
import { namedMissing, startNamed, type Named } from './named.ts';
import { nginxMissing, startNginx, type Nginx } from './nginx.ts';
import {
  createClosers,
  inCi,
  runRenewd,
  shouldSkip,
  startRenewd,
  until,
  type Finished,
  type Running,
} from './processes.ts';
import { fingerprintOf, products, seedOnDisk } from './seeds.ts';

const missing = namedMissing() ?? nginxMissing();
const skip = shouldSkip('test/interop/real-peers.test.ts', missing);

const zones = ['example.test', 'example-two.test'] as const;
const tsigSecret = Buffer.alloc(32, 5).toString('base64');
const handshakesPerSecond = 50;
/** Two minutes' worth. */
const mostHandshakes = 6000;
const fewestHandshakes = 400;

/** One reissue and one renew at each reseller. */
const certificates = [
  {
    name: 'shop',
    vendor: 'rrpproxy',
    verb: 'reissue',
    names: ['shop.example.test', 'www.shop.example.test'],
  },
  { name: 'mail', vendor: 'rrpproxy', verb: 'renew', names: ['mail.example.test'] },
  { name: 'blog', vendor: 'internetx', verb: 'reissue', names: ['blog.example-two.test'] },
  { name: 'wiki', vendor: 'internetx', verb: 'renew', names: ['wiki.example-two.test'] },
] as const;
const life = { reissue: { daysLeft: 12, paidDays: 180 }, renew: { daysLeft: 6, paidDays: 8 } } as const;
const providers = { rrpproxy: 'cnr', internetx: 'inx' } as const;

const secrets = {
  CNR_PASSWORD: sandboxAccounts.rrpproxy.password,
  INX_PASSWORD: sandboxAccounts.internetx.password,
  TSIG_SECRET: tsigSecret,
};

interface Status {
  readonly certificates: readonly {
    readonly name: string;
    readonly decision: { readonly action: string; readonly reason: string };
    readonly servedMatches: boolean | null;
    readonly renewal: { readonly state: string } | null;
  }[];
  readonly openRenewals: readonly unknown[];
}

describe.skipIf(skip)('the daemon among BIND, nginx and two resellers', () => {
  const closers = createClosers();
  let directory: string;
  let configPath: string;
  let listenPort: number;
  let sandbox: Sandbox;
  let named: Named;
  let nginx: Nginx;
  let daemon: Running;
  let configuration: Record<string, unknown>;
  const before = new Map<string, string>();

  const setOf = (name: string): string => join(directory, 'tls', name);
  const onDisk = (name: string): string => fingerprintOf(readFileSync(join(setOf(name), 'cert.pem')));

  beforeAll(async () => {
    if (missing !== undefined && inCi) throw new Error(missing);
    directory = mkdtempSync(join(tmpdir(), 'renewd-peers-'));
    closers.add(() => rmSync(directory, { recursive: true, force: true }));
    named = await startNamed({
      port: await freePort(),
      statements: `key "renewd" { algorithm hmac-sha256; secret "${tsigSecret}"; };`,
      zones: zones.map((name) => ({
        name,
        options: 'type primary; update-policy { grant renewd zonesub TXT CNAME; };',
        records: 'www IN A 127.0.0.1',
      })),
    });
    closers.add(() => named.stop());
    const clock = { now: () => new Date() };
    const { rrpproxy, internetx } = sandboxAccounts;
    sandbox = await startSandbox({
      clock,
      zones: ['unused.test'],
      tickMs: 100,
      ca: { resolver: createDcvResolver({ host: '127.0.0.1', port: named.port }), delayMs: 500 },
      vendors: [
        ({ ca }) => createRrpproxySimulator({ ca, clock, accounts: [rrpproxy], options: {} }),
        ({ ca }) =>
          createInternetxSimulator({
            ca,
            clock,
            accounts: [{ ...internetx, context: Number(internetx.context) }],
            options: {},
          }),
      ],
    });
    closers.add(() => sandbox.close());
    for (const { name, vendor, verb, names } of certificates) {
      before.set(name, await seedOnDisk(sandbox, { vendor, names, ...life[verb], directory: setOf(name) }));
    }
    nginx = await startNginx(certificates.map(({ name, names }) => ({ names, directory: setOf(name) })));
    closers.add(() => nginx.stop());
    listenPort = await freePort();
    const urlOf = (vendor: string): string => sandbox.vendors.get(vendor)?.baseUrl ?? '';
    configuration = {
      store: { sqlite: 'renewd.db' },
      keys: 'keys',
      listen: `127.0.0.1:${listenPort}`,
      schedule: '*/2 * * * * *',
      resolvers: [named.address],
      authoritative: Object.fromEntries(zones.map((zone) => [zone, [named.address]])),
      providers: {
        cnr: {
          type: 'rrpproxy',
          url: `${urlOf('rrpproxy')}/api/call.cgi`,
          login: rrpproxy.login,
          password: { env: 'CNR_PASSWORD' },
          requestsPerSecond: 20,
          defaultTechContact: {
            firstName: 'Jane',
            lastName: 'Doe',
            phone: '+49.301234567',
            email: 'hostmaster@example.test',
          },
          spend: { ordersPerDay: 1, perMonth: 500, perOrder: 100 },
        },
        inx: {
          type: 'internetx',
          url: `${urlOf('internetx')}/v1`,
          user: internetx.user,
          password: { env: 'INX_PASSWORD' },
          adminContact: 100,
          spend: { ordersPerDay: 1 },
        },
      },
      publishers: {
        bind: {
          type: 'rfc2136',
          server: named.address,
          zones: [...zones],
          key: { name: 'renewd', algorithm: 'hmac-sha256', secret: { env: 'TSIG_SECRET' } },
        },
      },
      defaults: {
        dcv: { method: 'dns', publisher: 'bind' },
        deploy: { reload: [...nginx.reloadCommand], probeTimeout: '20s' },
      },
      certificates: certificates.map(({ name, vendor, names }) => ({
        name,
        names: [...names],
        provider: providers[vendor],
        product: products[vendor],
        deploy: [
          {
            directory: `tls/${name}`,
            probe: names.map((serverName) => ({ host: '127.0.0.1', port: nginx.port, serverName })),
          },
        ],
      })),
    };
    configPath = join(directory, 'renewd.yaml');
    writeFileSync(configPath, stringify(configuration));
  });

  afterAll(async () => {
    await closers.close();
  });

  const http = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${listenPort}${path}`);

  async function ownStatus(): Promise<Status> {
    return JSON.parse(await (await http('/status.json')).text());
  }

  async function metric(name: string): Promise<number | undefined> {
    const text = await (await http('/metrics')).text();
    const line = text.split('\n').find((one) => one.startsWith(`${name} `) || one.startsWith(`${name}{`));
    return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1));
  }

  const command = (...parameters: string[]): Promise<Finished> =>
    runRenewd([...parameters, '-c', configPath], { env: secrets, cwd: directory });

  const logLines = (): Record<string, unknown>[] =>
    daemon
      .stderr()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line): Record<string, unknown> => JSON.parse(line));

  test('four certificates are renewed and served, and no client sees a failed handshake', async () => {
    const handshakes = startHandshakes({
      port: nginx.port,
      names: certificates.flatMap(({ names }) => [...names]),
      rootPem: sandbox.ca.rootPem,
      perSecond: handshakesPerSecond,
      most: mostHandshakes,
    });
    closers.add(() => handshakes.stop());
    await until('the first clients are served', 60_000, () => handshakes.report().succeeded >= 50);
    const startedAt = performance.now();
    daemon = startRenewd(['run', '-c', configPath], { env: secrets, cwd: directory });
    closers.add(() => daemon.stop());
    try {
      await until(
        'every certificate is served',
        90_000,
        async () => {
          if (!daemon.isRunning()) throw new Error('the daemon ended');
          const { certificates: rows, openRenewals } = await ownStatus();
          const settled = rows.every(
            (row) => row.decision.reason === 'healthy' && row.servedMatches === true,
          );
          if (rows.length === 4 && settled && openRenewals.length === 0) return true;
          throw new Error(JSON.stringify(rows));
        },
        200,
      );
    } catch (error) {
      throw new Error(`the daemon said:\n${daemon.stderr()}\nnginx said:\n${nginx.log()}`, { cause: error });
    }
    const tookMs = performance.now() - startedAt;
    // Some more, so that what is served afterwards is seen too; and enough of them all, however slow this machine is.
    const wanted = Math.max(handshakes.report().succeeded + 100, fewestHandshakes);
    await until('later clients are served', 60_000, () => handshakes.report().succeeded >= wanted);
    const report = await handshakes.stop();

    expect(report.failures).toEqual([]);
    expect(report.succeeded).toBe(report.attempted);
    for (const { name, names } of certificates) {
      for (const host of names) {
        // The old one first, then the new one, and nothing else.
        expect([...(report.leaves.get(host)?.keys() ?? [])]).toEqual([before.get(name), onDisk(name)]);
      }
      expect(statSync(join(setOf(name), 'privkey.pem')).mode & 0o077).toBe(0);
    }
    const invoices = [...sandbox.vendors].map(([id, { simulator }]) => [id, simulator.invoices().length]);
    expect(Object.fromEntries(invoices)).toEqual({ rrpproxy: 1, internetx: 1 });
    process.stdout.write(
      `real peers: ${report.succeeded} handshakes in ${report.seconds.toFixed(1)} s, ${report.failures.length} failed; four renewals served in ${(tookMs / 1000).toFixed(1)} s\n`,
    );
  }, 150_000);

  test('one reissue and one paid renew went to each reseller, and no evidence stays in DNS', async () => {
    const submits = sandbox.history
      .entries()
      .filter(({ applied }) => applied)
      .flatMap(({ vendor, command }) =>
        /renew/i.test(command)
          ? [`${vendor} renew`]
          : /reissue|^PUT .certificate.\{id\}$/i.test(command)
            ? [`${vendor} reissue`]
            : [],
      );
    expect(submits.sort()).toEqual([
      'internetx reissue',
      'internetx renew',
      'rrpproxy reissue',
      'rrpproxy renew',
    ]);
    const requirements = sandbox.ca.orders().flatMap(({ request }) => request.requirements);
    const owners = new Set(
      requirements.flatMap((one) =>
        one.kind === 'dns-txt' || one.kind === 'dns-cname' ? [one.recordName] : [],
      ),
    );
    expect(owners.size).toBeGreaterThanOrEqual(4);
    const ask = { recursionDesired: false, timeoutMs: 3000, signal: AbortSignal.timeout(60_000) };
    for (const owner of owners) {
      await until(`${owner} is withdrawn`, 60_000, async () => {
        const server = { host: '127.0.0.1', port: named.port };
        const txt = await query(server, owner, 'TXT', ask);
        const cname = await query(server, owner, 'CNAME', ask);
        return txt.answers.length === 0 && cname.answers.length === 0;
      });
    }
  });

  test('health, readiness and metrics answer', async () => {
    expect((await http('/healthz')).status).toBe(200);
    expect((await http('/readyz')).status).toBe(200);
    const text = await (await http('/metrics')).text();
    expect(text).toContain('renewd_renewals_total{outcome="served"} 4');
    for (const provider of Object.values(providers))
      expect(text).toMatch(new RegExp(`renewd_orders_paid_total\\{.*provider="${provider}".*\\} 1`));
    for (const { name } of certificates)
      expect(text).toMatch(new RegExp(`renewd_certificate_served_matches\\{.*="${name}".*\\} 1`));
    for (const secret of Object.values(secrets)) expect(text).not.toContain(secret);
  });

  test('the commands work beside the running daemon', async () => {
    const [status, plan, history, check, once] = await Promise.all([
      command('status', '--json'),
      command('plan', '--json'),
      command('history', 'mail', '--json'),
      command('check', '--json'),
      command('once'),
    ]);
    expect(status).toMatchObject({ code: 0, stderr: '' });
    const report: Status = JSON.parse(status.stdout);
    expect(report.certificates.map(({ name, renewal }) => [name, renewal?.state])).toEqual(
      certificates.map(({ name }) => [name, 'served']),
    );
    // The same form as the daemon's own.
    const own = await ownStatus();
    expect(Object.keys(report)).toEqual(Object.keys(own));
    expect(Object.keys(report.certificates[0] ?? {})).toEqual(Object.keys(own.certificates[0] ?? {}));
    expect(plan).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(plan.stdout)).toMatchObject({
      certificates: certificates.map(({ name }) => ({ name, action: 'none' })),
    });
    expect(history).toMatchObject({ code: 0, stderr: '' });
    const { entries }: { entries: { subject: string; paid: boolean }[] } = JSON.parse(history.stdout);
    expect(entries.filter(({ paid }) => paid)).toHaveLength(1);
    expect(entries.map(({ subject }) => subject)).toContain('served');
    expect(JSON.parse(check.stdout)).toMatchObject({ valid: true, certificates: 4 });
    // Only one works with a store.
    expect(once.code).toBe(1);
    expect(once.stderr).toContain('a daemon works with this store');
  });

  test('a renewal that is asked for on the command line is done by the daemon, and watched', async () => {
    const blog = onDisk('blog');
    const renewed = await runRenewd(['renew', 'blog', '--reissue', '-c', configPath], {
      env: secrets,
      timeoutMs: 60_000,
    });
    expect(renewed).toMatchObject({ code: 10, stderr: '' });
    expect(renewed.stdout).toMatch(/blog is served\n$/);
    expect(onDisk('blog')).not.toBe(blog);
    expect(sandbox.vendors.get('internetx')?.simulator.invoices()).toHaveLength(1);
  });

  test('a broken file is refused and the good one stays; SIGHUP takes up the next good one', async () => {
    expect(await metric('renewd_config_valid')).toBe(1);
    writeFileSync(configPath, 'providers: [this is no mapping\n');
    daemon.kill('SIGHUP');
    await until('the metric falls', 60_000, async () => (await metric('renewd_config_valid')) === 0, 100);
    // A change of the file is noticed by itself, too, so that the metric may move before the signal is dealt with.
    const messages = () => logLines().map(({ msg, why }) => `${String(msg)} (${String(why)})`);
    await expect
      .poll(messages)
      .toContain('the new configuration is refused; the last good one stays (SIGHUP)');
    expect((await http('/healthz')).status).toBe(200);
    expect(await metric('renewd_certificate_not_after_timestamp_seconds')).toBeGreaterThan(Date.now() / 1000);
    expect(daemon.isRunning()).toBe(true);
    expect((await command('check')).code).toBe(1);

    const good = { ...configuration, log: { level: 'debug' } };
    writeFileSync(`${configPath}.new`, stringify(good));
    renameSync(`${configPath}.new`, configPath);
    daemon.kill('SIGHUP');
    await until('the metric rises', 60_000, async () => (await metric('renewd_config_valid')) === 1, 100);
    await expect.poll(messages).toContain('configuration reloaded (SIGHUP)');
  });

  test('a second daemon on the same store refuses in one clear line', async () => {
    const other = join(directory, 'other.yaml');
    writeFileSync(other, stringify({ ...configuration, listen: false }));
    const second = await runRenewd(['run', '-c', other], { env: secrets });
    expect(second.code).toBe(1);
    const [line = '', remedy = '', ...rest] = second.stderr.trimEnd().split('\n');
    expect(line).toMatch(/^renewd: another renewd \(.+\) works with this store$/);
    expect(remedy).toContain('[store-locked]');
    expect(rest).toEqual([]);
    expect(daemon.isRunning()).toBe(true);
  });

  test('SIGTERM ends it soon, in order, and without a secret in its log', async () => {
    const startedAt = performance.now();
    daemon.kill('SIGTERM');
    const finished = await daemon.ended;
    const tookMs = performance.now() - startedAt;
    expect(finished).toMatchObject({ code: 0, signal: null });
    expect(tookMs).toBeLessThan(30_000);
    expect(logLines().at(-1)).toMatchObject({ msg: 'stopped' });
    for (const secret of Object.values(secrets)) expect(finished.stderr).not.toContain(secret);
    expect(finished.stderr).not.toContain('PRIVATE KEY');
    await expect(http('/healthz')).rejects.toThrow('fetch failed');
    process.stdout.write(`real peers: SIGTERM took ${tookMs.toFixed(0)} ms\n`);
  });
});
