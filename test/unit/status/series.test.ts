/** How many series Prometheus gets: bounded for each certificate and each provider, whatever comes. */
import { get } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { createLabelWords, isAnswer, otherWord, pairsMax } from '../../../src/status/label-words.ts';
import { createMetrics } from '../../../src/status/metrics.ts';
import { metricsTable } from '../../../src/status/metrics-table.ts';
import { startStatusServer } from '../../../src/status/server.ts';
import type { CertificateStatus } from '../../../src/status/source.ts';
import { aCertificateStatus, aHealth, aRenewalStatus, aStatusSource } from '../../builders/statuses.ts';
import { noon } from '../../builders/store-records.ts';

/** Of one certificate, with everything that can be said of it at once. docs/monitoring.md names the figure. */
const seriesMax = 11;
/** Of one that is well. */
const seriesUsual = 7;

const good = { status: 'good', reason: null, revokedAt: null, source: null, detail: '' } as const;

function healthy(name: string): CertificateStatus {
  return aCertificateStatus({ name, revocation: { ...good, checkedAt: noon, answeredAt: noon } });
}

function troubled(name: string): CertificateStatus {
  return {
    ...healthy(name),
    compromise: { since: noon, by: 'operator', toRevoke: [] },
    renewal: aRenewalStatus({ waitsFor: { text: 'an approval', since: noon } }),
  };
}

function samples(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

test('a certificate has at most so many series', async () => {
  const perCertificate = Object.values(metricsTable).filter(({ labels }) => labels.includes('certificate'));
  expect(perCertificate).toHaveLength(seriesMax);
  const lines = samples(await createMetrics('0.1.0').render([troubled('shop')], 1));
  expect(lines.filter((line) => line.includes('certificate="shop"'))).toHaveLength(seriesMax);
  const well = samples(await createMetrics('0.1.0').render([healthy('shop')], 0));
  expect(well.filter((line) => line.includes('certificate="shop"'))).toHaveLength(seriesUsual);
});

test('labels are of a closed set of kinds, and none is a sentence', () => {
  const labels = new Set(Object.values(metricsTable).flatMap((row) => row.labels));
  expect([...labels].toSorted()).toEqual([
    'certificate',
    'channel',
    'command',
    'level',
    'outcome',
    'provider',
    'reason',
    'state',
    'version',
  ]);
});

test('words that a transport hands over are checked in form and in number', async () => {
  const words = createLabelWords();
  expect(words('cnr', 'PUT /certificate/{id}/_renew', 'http-4xx')).toEqual({
    command: 'PUT /certificate/{id}/_renew',
    outcome: 'http-4xx',
  });
  for (const hostile of ['', 'a\nb', '<b>', 'x'.repeat(65), 'no “answer”', '{"a":1}', '1'])
    expect(words('cnr', hostile, hostile)).toEqual({ command: otherWord, outcome: otherWord });

  const metrics = createMetrics('0.1.0');
  for (let n = 0; n < 5 * pairsMax; n += 1) {
    for (const provider of ['cnr', 'inx'])
      metrics.observeProviderRequest({ provider, command: `c${n}`, outcome: 'ok', seconds: 1, at: noon });
  }
  const lines = samples(await metrics.render([], 0)).filter((line) => line.includes('requests_total'));
  expect(lines).toHaveLength(2 * (pairsMax + 1));
  expect(lines).toContain(
    `renewd_provider_requests_total{provider="cnr",command="other",outcome="other"} ${4 * pairsMax}`,
  );
});

test('a provider fails from its first bad answer to its next good one, and not after a reload', async () => {
  const metrics = createMetrics('0.1.0');
  const asked = (outcome: string, at: Date): void =>
    metrics.observeProviderRequest({ provider: 'cnr', command: 'c', outcome, seconds: 1, at });
  const failing = async (): Promise<readonly string[]> =>
    samples(await metrics.render([], 0)).filter((line) => line.includes('failing_since'));
  const later = new Date(noon.getTime() + 60_000);
  asked('unavailable', noon);
  asked('provider-unauthorized', later);
  const line = `renewd_provider_failing_since_timestamp_seconds{provider="cnr"} ${noon.getTime() / 1000}`;
  expect(await failing()).toEqual([line]);
  asked('provider-rejected', later);
  expect(await failing()).toEqual([]);
  asked('outcome-unknown', later);
  expect(await failing()).toHaveLength(1);
  metrics.configLoaded(false, later);
  expect(await failing()).toHaveLength(1);
  metrics.configLoaded(true, later);
  expect(await failing()).toEqual([]);
  expect(['ok', 'http-4xx', 'provider-conflict'].every(isAnswer)).toBe(true);
  expect(['http-5xx', 'no-result', 'protocol', 'rate-limited', 'internal'].some(isAnswer)).toBe(false);
});

test('deployments, passes, and what the process knows of itself', async () => {
  const metrics = createMetrics('0.1.0');
  metrics.deploymentEnded('deployed');
  metrics.deploymentEnded('undone');
  metrics.passFinished(noon, 0.5);
  metrics.passFailed();
  metrics.passFailed();
  const facts = { now: noon, startedAt: new Date(noon.getTime() - 5000), healthLimitMs: 900_000 };
  const lines = samples(await metrics.render([], 0, [], facts));
  for (const line of [
    'renewd_deployments_total{outcome="deployed"} 1',
    'renewd_deployments_total{outcome="undone"} 1',
    'renewd_passes_total{outcome="made"} 1',
    'renewd_passes_total{outcome="failed"} 2',
    `renewd_clock_timestamp_seconds ${noon.getTime() / 1000}`,
    `renewd_start_timestamp_seconds ${noon.getTime() / 1000 - 5}`,
    'renewd_last_pass_age_limit_seconds 900',
  ])
    expect(lines).toContain(line);
  // Counted once.
  expect(samples(await metrics.render([], 0))).toContain('renewd_passes_total{outcome="failed"} 2');
});

test('ten thousand certificates over HTTP: series, bytes', { timeout: 60_000 }, async () => {
  const count = 10_000;
  const certificates = Array.from({ length: count }, (_, index) =>
    index % 20 === 0 ? troubled(`c${index}`) : healthy(`c${index}`),
  );
  const server = await startStatusServer(
    { host: '127.0.0.1', port: 0 },
    {
      source: aStatusSource({ certificates, openRenewals: [], spending: [], health: aHealth() }),
      metrics: createMetrics('0.1.0'),
      healthLimitMs: 600_000,
      logger: silent,
    },
  );
  onTestFinished(() => server.close());
  const startedAt = performance.now();
  const body = await new Promise<string>((resolve, reject) => {
    get({ ...server.address, path: '/metrics' }, (answer) => {
      textOf(answer).then(resolve, reject);
    }).once('error', reject);
  });
  const tookMs = performance.now() - startedAt;
  const series = samples(body).length;
  process.stdout.write(
    `metrics: ${count} certificates: ${series} series, ${body.length} bytes, ${tookMs.toFixed(0)} ms\n`,
  );
  const own = samples(body).filter((line) => !line.includes('certificate=')).length;
  expect(own).toBeLessThan(50);
  expect(series - own).toBe((count / 20) * seriesMax + (count - count / 20) * seriesUsual);
  expect(body.length / count).toBeLessThan(100 * seriesMax);
});
