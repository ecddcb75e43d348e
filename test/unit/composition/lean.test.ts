import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { isRecord } from '../../../src/store/sqlite/row-reader.ts';
import { freePort } from '../../builders/free-port.ts';
import { newChain } from '../../builders/pki.ts';
import { tempDirectory } from '../../builders/temp-directory.ts';

const checkout = fileURLToPath(new URL('../../..', import.meta.url));

async function answer(url: string): Promise<string | undefined> {
  for (let tries = 0; tries < 1200; tries += 1) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.status === 200) return response.text();
    await pause(50);
  }
  return undefined;
}

/** A daemon from sources, with providers and publishers it has no work for, until after its first pass. */
async function packagesOfQuietDaemon(): Promise<readonly string[]> {
  const directory = tempDirectory();
  const now = Date.now();
  const { leaf, intermediate } = await newChain({
    notBefore: new Date(now - 86_400_000),
    notAfter: new Date(now + 190 * 86_400_000),
  });
  mkdirSync(`${directory}/shop`);
  writeFileSync(`${directory}/shop/fullchain.pem`, leaf.pem + intermediate.pem);
  writeFileSync(`${directory}/shop/privkey.pem`, leaf.key.pem);
  const port = await freePort();
  writeFileSync(
    `${directory}/renewd.yaml`,
    `store: { sqlite: renewd.db }
keys: keys
listen: 127.0.0.1:${port}
schedule: "*/5 * * * *"
providers:
  cnr: { type: rrpproxy, url: "http://127.0.0.1:9/", login: test, password: { env: TEST_SECRET }, spend: { ordersPerDay: 1 } }
  inx: { type: internetx, url: "http://127.0.0.1:9/", user: test, password: { env: TEST_SECRET }, spend: { ordersPerDay: 1 } }
publishers:
  ns1: { type: rfc2136, server: "127.0.0.1:9", zones: [example.com], key: { name: test, secret: { env: TEST_SECRET } } }
  web: { type: webroot, path: ${directory} }
certificates:
  - name: shop
    names: [shop.example.com, www.shop.example.com]
    provider: cnr
    product: ssl123dv
    dcv: { method: dns, publisher: ns1 }
    deploy: [{ directory: shop }]
    windows: { order: [{ cron: "0 3 * * *", duration: 2h }] }
`,
  );
  const listing = `${directory}/packages.json`;
  const hook = fileURLToPath(new URL('list-packages.ts', import.meta.url));
  const daemon = spawn(
    process.execPath,
    ['--import', hook, `${checkout}/bin/renewd.js`, 'run', '-c', `${directory}/renewd.yaml`],
    {
      env: { ...process.env, TEST_SECRET: 'dGhlIHNlY3JldCBvZiB0aGlzIHRlc3Q=', PACKAGES_FILE: listing },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  onTestFinished(() => void daemon.kill('SIGKILL'));
  let log = '';
  daemon.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const ended = new Promise<void>((resolve) => {
    daemon.once('exit', () => resolve());
  });
  expect(await answer(`http://127.0.0.1:${port}/readyz`), log).toBeDefined();
  // prom-client comes with the first scrape; nobody scrapes here.
  expect(await answer(`http://127.0.0.1:${port}/status.json`)).toContain('"healthy"');
  daemon.kill('SIGTERM');
  await ended;
  const packages: unknown = JSON.parse(readFileSync(listing, 'utf8'));
  return Array.isArray(packages) ? packages.map(String) : [];
}

test('a quiet daemon carries none of the libraries that only an order or the loader needs', async () => {
  const packages = await packagesOfQuietDaemon();
  const manifest: unknown = JSON.parse(readFileSync(`${checkout}/package.json`, 'utf8'));
  const ours = isRecord(manifest) && isRecord(manifest['dependencies']) ? manifest['dependencies'] : {};
  expect(packages.filter((name) => name in ours)).toEqual(['croner', 'node-cron', 'pino']);
  for (const heavy of ['yaml', 'zod', 'undici', '@peculiar/x509', 'asn1js', 'pkijs', 'prom-client']) {
    expect(packages).not.toContain(heavy);
  }
});
