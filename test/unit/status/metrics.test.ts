import { spawnSync } from 'node:child_process';
import promClient from 'prom-client';
import { describe, expect, test } from 'vitest';
import { createMetrics, requestSecondsBounds, type Metrics } from '../../../src/status/metrics.ts';
import { metricsTable } from '../../../src/status/metrics-table.ts';
import { aCertificateStatus, aRenewalStatus } from '../../builders/statuses.ts';
import { after, noon } from '../../builders/store-records.ts';

const noonSeconds = noon.getTime() / 1000;

/** Lines without comments. */
function samples(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** Something of every metric. */
function usedMetrics(): Metrics {
  const metrics = createMetrics('0.1.0');
  metrics.configLoaded(true, noon);
  metrics.passFinished(after(1500), 0.25);
  metrics.renewalFinished('served');
  metrics.orderPaid('cnr');
  metrics.observeProviderRequest({ provider: 'cnr', command: 'AddSSLCert', outcome: 'ok', seconds: 0.3 });
  return metrics;
}

const everything = [
  aCertificateStatus({ renewal: aRenewalStatus() }),
  aCertificateStatus({
    name: 'mail',
    servedMatches: false,
    slackMs: -1500,
    renewal: aRenewalStatus({ state: 'served' }),
  }),
];

test('before anything happened: only what is known', async () => {
  expect(samples(await createMetrics('0.1.0').render([], 0))).toEqual([
    'renewd_build_info{version="0.1.0"} 1',
    'renewd_renewals_open 0',
    'renewd_renewals_total{outcome="served"} 0',
    'renewd_renewals_total{outcome="failed"} 0',
    'renewd_renewals_total{outcome="superseded"} 0',
  ]);
});

test('certificates: base units, one row for the state, nothing for what is unknown', async () => {
  const unknown = aCertificateStatus({
    name: 'new',
    notAfter: null,
    dueAt: null,
    slackMs: null,
    servedMatches: null,
  });
  const text = await createMetrics('0.1.0').render([...everything, unknown], 1);
  expect(samples(text).filter((line) => /certificate|state|open/.test(line))).toEqual([
    `renewd_certificate_not_after_timestamp_seconds{certificate="shop"} ${noonSeconds + 30 * 86_400}`,
    `renewd_certificate_not_after_timestamp_seconds{certificate="mail"} ${noonSeconds + 30 * 86_400}`,
    `renewd_certificate_due_timestamp_seconds{certificate="shop"} ${noonSeconds + 10 * 86_400}`,
    `renewd_certificate_due_timestamp_seconds{certificate="mail"} ${noonSeconds + 10 * 86_400}`,
    'renewd_certificate_slack_seconds{certificate="shop"} 2592000',
    'renewd_certificate_slack_seconds{certificate="mail"} -1.5',
    'renewd_certificate_served_matches{certificate="shop"} 1',
    'renewd_certificate_served_matches{certificate="mail"} 0',
    'renewd_renewal_state{certificate="shop",state="awaiting-dcv"} 1',
    'renewd_renewal_state{certificate="mail",state="served"} 1',
    'renewd_renewals_open 1',
  ]);
});

test('a refused configuration leaves the moment of the last good one', async () => {
  const metrics = usedMetrics();
  metrics.configLoaded(false, after(60_000));
  const lines = samples(await metrics.render([], 0));
  expect(lines).toContain('renewd_config_valid 0');
  expect(lines).toContain(`renewd_config_last_reload_timestamp_seconds ${noonSeconds}`);
  expect(lines).toContain(`renewd_last_pass_timestamp_seconds ${noonSeconds + 1.5}`);
  expect(lines).toContain('renewd_pass_duration_seconds 0.25');
});

test('counters add up', async () => {
  const metrics = usedMetrics();
  metrics.orderPaid('cnr');
  metrics.renewalFinished('served');
  metrics.observeProviderRequest({ provider: 'cnr', command: 'AddSSLCert', outcome: 'ok', seconds: 1 });
  metrics.observeProviderRequest({ provider: 'cnr', command: 'AddSSLCert', outcome: 'rejected', seconds: 1 });
  const lines = samples(await metrics.render([], 0));
  expect(lines).toContain('renewd_orders_paid_total{provider="cnr"} 2');
  expect(lines).toContain('renewd_renewals_total{outcome="served"} 2');
  expect(lines).toContain(
    'renewd_provider_requests_total{provider="cnr",command="AddSSLCert",outcome="ok"} 2',
  );
  expect(lines).toContain(
    'renewd_provider_requests_total{provider="cnr",command="AddSSLCert",outcome="rejected"} 1',
  );
});

test('every metric of the table is rendered with its type and help, and none else', async () => {
  const text = await usedMetrics().render(everything, 1);
  const found = [...text.matchAll(/^# TYPE (\S+ \S+)$/gm)].map(([, line]) => line);
  const expected = Object.entries(metricsTable).map(([name, { type }]) => `${name} ${type}`);
  expect(new Set(found)).toEqual(new Set(expected));
  expect(found).toHaveLength(expected.length);
  for (const [name, { help }] of Object.entries(metricsTable))
    expect(text).toContain(`# HELP ${name} ${help}\n`);
});

describe('beside prom-client', () => {
  const tricky = ['plain', 'back\\slash', 'quo"te', 'line\nend', 'Zürich 証明', ''];

  test('counters and label values come out the same', async () => {
    const registry = new promClient.Registry();
    const { help, labels } = metricsTable.renewd_orders_paid_total;
    const peer = new promClient.Counter({
      name: 'renewd_orders_paid_total',
      help,
      labelNames: [...labels],
      registers: [registry],
    });
    const metrics = createMetrics('0.1.0');
    for (const provider of tricky) {
      metrics.orderPaid(provider);
      peer.inc({ provider });
    }
    expect(await metrics.render([], 0)).toContain((await registry.metrics()).trim());
  });

  test('histograms come out the same', async () => {
    const registry = new promClient.Registry();
    const { help, labels } = metricsTable.renewd_provider_request_duration_seconds;
    const peer = new promClient.Histogram({
      name: 'renewd_provider_request_duration_seconds',
      help,
      labelNames: [...labels],
      buckets: [...requestSecondsBounds],
      registers: [registry],
    });
    const metrics = createMetrics('0.1.0');
    for (const provider of ['cnr', 'other']) {
      for (const seconds of [0, 0.05, 0.050001, 0.3, 1, 119.9, 120, 121, 5000]) {
        metrics.observeProviderRequest({ provider, command: 'c', outcome: 'ok', seconds });
        peer.observe({ provider }, seconds);
      }
    }
    expect(await metrics.render([], 0)).toContain((await registry.metrics()).trim());
  });
});

const promtool = spawnSync('promtool', ['--version']).error === undefined;
if (!promtool) process.stderr.write('skipped: promtool is not installed (apt-get install prometheus)\n');

test.skipIf(!promtool && process.env['CI'] !== 'true')('promtool has nothing to say', async () => {
  const input = await usedMetrics().render(
    [...everything, aCertificateStatus({ name: 'tricky "name" \\ with\nline end' })],
    1,
  );
  const result = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
  expect({ status: result.status, said: result.stdout + result.stderr }).toEqual({ status: 0, said: '' });
});
