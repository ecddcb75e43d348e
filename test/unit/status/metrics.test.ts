import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createMetrics, type Metrics } from '../../../src/status/metrics.ts';
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
  metrics.observeProviderRequest({
    provider: 'cnr',
    command: 'AddSSLCert',
    outcome: 'ok',
    seconds: 0.3,
    at: noon,
  });
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
    'renewd_passes_total{outcome="made"} 0',
    'renewd_passes_total{outcome="failed"} 0',
    'renewd_renewals_open 0',
    'renewd_renewals_total{outcome="served"} 0',
    'renewd_renewals_total{outcome="failed"} 0',
    'renewd_renewals_total{outcome="superseded"} 0',
    'renewd_deployments_total{outcome="deployed"} 0',
    'renewd_deployments_total{outcome="undone"} 0',
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
    'renewd_certificate_blocked{certificate="shop"} 0',
    'renewd_certificate_blocked{certificate="mail"} 0',
    'renewd_certificate_blocked{certificate="new"} 0',
    'renewd_renewal_state{certificate="shop",state="awaiting-dcv"} 1',
    'renewd_renewal_state{certificate="mail",state="served"} 1',
    `renewd_renewal_begun_timestamp_seconds{certificate="shop"} ${noonSeconds}`,
    `renewd_renewal_begun_timestamp_seconds{certificate="mail"} ${noonSeconds}`,
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
  metrics.observeProviderRequest({
    provider: 'cnr',
    command: 'AddSSLCert',
    outcome: 'ok',
    seconds: 1,
    at: noon,
  });
  metrics.observeProviderRequest({
    provider: 'cnr',
    command: 'AddSSLCert',
    outcome: 'rejected',
    seconds: 1,
    at: noon,
  });
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

test('notices: by channel, level and outcome', async () => {
  const metrics = createMetrics('0.1.0');
  metrics.noticesTold('team', 'urgent', 'sent', 1000);
  metrics.noticesTold('team', 'urgent', 'sent', 1);
  metrics.noticesTold('team', 'recovered', 'failed', 2);
  const lines = samples(await metrics.render([], 0)).filter((line) => line.includes('notices'));
  expect(lines).toEqual([
    'renewd_notices_total{channel="team",level="urgent",outcome="sent"} 1001',
    'renewd_notices_total{channel="team",level="recovered",outcome="failed"} 2',
  ]);
});

test('requests: the time they took, in buckets up to the timeout', async () => {
  const metrics = createMetrics('0.1.0');
  for (const seconds of [0, 0.05, 0.0625, 0.375, 1, 119.5, 120, 121, 5000])
    metrics.observeProviderRequest({ provider: 'cnr', command: 'c', outcome: 'ok', seconds, at: noon });
  const lines = samples(await metrics.render([], 0)).filter((line) => line.includes('duration'));
  const bucket = (limit: string, count: number): string =>
    `renewd_provider_request_duration_seconds_bucket{le="${limit}",provider="cnr"} ${count}`;
  expect(lines).toEqual([
    bucket('0.05', 2),
    bucket('0.1', 3),
    bucket('0.25', 3),
    bucket('0.5', 4),
    bucket('1', 5),
    bucket('2.5', 5),
    bucket('5', 5),
    bucket('10', 5),
    bucket('30', 5),
    bucket('60', 5),
    bucket('120', 7),
    bucket('+Inf', 9),
    'renewd_provider_request_duration_seconds_sum{provider="cnr"} 5361.9875',
    'renewd_provider_request_duration_seconds_count{provider="cnr"} 9',
  ]);
});

test('what cannot be counted disturbs nobody', async () => {
  const metrics = createMetrics('0.1.0');
  metrics.observeProviderRequest({
    provider: 'cnr',
    command: 'c',
    outcome: 'ok',
    seconds: Number.NaN,
    at: noon,
  });
  metrics.orderPaid('cnr');
  expect(samples(await metrics.render([], 0))).toContain('renewd_orders_paid_total{provider="cnr"} 1');
});

test('certificates that left the inventory, and states that were left, are gone', async () => {
  const metrics = createMetrics('0.1.0');
  await metrics.render(everything, 2);
  const text = await metrics.render(
    [aCertificateStatus({ servedMatches: null, renewal: aRenewalStatus({ state: 'blocked' }) })],
    0,
  );
  expect(text).not.toMatch(/"mail"|awaiting-dcv|served_matches\{/);
  expect(samples(text)).toContain('renewd_renewal_state{certificate="shop",state="blocked"} 1');
  expect(samples(text)).toContain('renewd_renewals_open 0');
});

test('two at once share one rendering; the next one is new', async () => {
  const metrics = createMetrics('0.1.0');
  const [first, second] = await Promise.all([metrics.render(everything, 1), metrics.render([], 0)]);
  expect(second).toBe(first);
  expect(await metrics.render([], 0)).not.toContain('shop');
});

test('ten thousand certificates: each once, and everything else gets its turn in between', async () => {
  const many = Array.from({ length: 10_000 }, (_, index) => aCertificateStatus({ name: `c${index}` }));
  let turns = -1;
  let turn: NodeJS.Immediate;
  const count = (): void => {
    turns += 1;
    turn = setImmediate(count);
  };
  count();
  const text = await createMetrics('0.1.0').render(many, 0);
  clearImmediate(turn!);
  // Five metrics in ten slices.
  expect(turns).toBeGreaterThanOrEqual(50);
  const lines = samples(text);
  expect(lines.filter((line) => line.startsWith('renewd_certificate_due_'))).toHaveLength(many.length);
  expect(lines.filter((line) => line.includes('{certificate="c9999"}'))).toHaveLength(5);
  expect(new Set(lines).size).toBe(lines.length);
  expect(text.match(/^# TYPE renewd_certificate_due_/gm)).toHaveLength(1);
});

test('prom-client is not loaded before there is something to count', () => {
  const source = new URL('../../../src/status/metrics.ts', import.meta.url).href;
  const script = `
    import { Module } from 'node:module';
    const { createMetrics } = await import(${JSON.stringify(source)});
    const loaded = () => Object.keys(Module._cache).some((file) => file.includes('prom-client'));
    const metrics = createMetrics('0.1.0');
    metrics.configLoaded(true, new Date());
    metrics.passFinished(new Date(), 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = loaded();
    await metrics.render([], 0);
    console.log(before, loaded());
  `;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(stdout.trim()).toBe('false true');
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

test('what was spent and what is allowed, by provider; one that left is gone', async () => {
  const metrics = createMetrics('0.1.0');
  const cnr = {
    provider: 'cnr',
    ordersToday: 2,
    ordersPerDay: 5,
    monthHundredths: 12_345,
    perMonthHundredths: 50_000,
    currencies: ['EUR'],
  };
  const all = { ...cnr, provider: null, ordersPerDay: null, perMonthHundredths: null };
  const spendings = (text: string) => samples(text).filter((line) => line.startsWith('renewd_spend'));
  expect(spendings(await metrics.render([], 0, [cnr, all]))).toEqual([
    'renewd_spend_orders{provider="cnr"} 2',
    'renewd_spend_orders{provider="*"} 2',
    'renewd_spend_orders_limit{provider="cnr"} 5',
    'renewd_spend_month{provider="cnr"} 123.45',
    'renewd_spend_month{provider="*"} 123.45',
    'renewd_spend_month_limit{provider="cnr"} 500',
  ]);
  expect(spendings(await metrics.render([], 0, []))).toEqual([]);
});
