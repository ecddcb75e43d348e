/** The alert rules and the dashboard, judged by promtool and by the table of metrics. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { dashboardExpressions } from '../../scripts/docs/grafana-dashboard.ts';
import { metricsTable } from '../../src/status/metrics-table.ts';
import { shouldSkip } from '../interop/processes.ts';
import { alertCases, type AlertCase, type Series } from './alert-cases.ts';
import { anchorsOf, read, root } from './pages.ts';

const rulesPath = 'config/prometheus/alerts.yml';
const ruleSchema = z.strictObject({
  alert: z.string().regex(/^Renewd[A-Z]\w+$/),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(['warning', 'critical']) }),
  annotations: z.strictObject({ summary: z.string(), description: z.string(), runbook_url: z.string() }),
});
const fileSchema = z.strictObject({
  groups: z.array(z.strictObject({ name: z.string(), rules: z.array(ruleSchema) })),
});
type Rule = z.output<typeof ruleSchema>;
const rules: readonly Rule[] = fileSchema
  .parse(parse(read(rulesPath)))
  .groups.flatMap((group) => group.rules);
const alerts = rules.map(({ alert }) => alert);

/** The metrics that an expression names, as the table calls them. */
function metricsOf(expression: string): readonly string[] {
  const bare = expression.replaceAll(/"[^"]*"/g, '""');
  return [...bare.matchAll(/\brenewd_\w+/g)].map(([name]) => name.replace(/_(?:bucket|sum|count)$/, ''));
}

test('every alert has cases in which it fires, does not yet, and never does', () => {
  expect(alerts.length).toBeGreaterThan(20);
  expect(new Set(alerts).size).toBe(alerts.length);
  const withHealthy = alertCases.filter(({ healthy }) => healthy.length > 0);
  expect(new Set(withHealthy.map(({ alert }) => alert))).toEqual(new Set(alerts));
  expect(alertCases.filter(({ alert }) => !alerts.includes(alert))).toEqual([]);
});

test.each(rules.map((rule) => [rule.alert, rule] as const))(
  '%s is about metrics that exist, with labels that they have',
  (_alert, { expr, annotations }) => {
    const names = metricsOf(expr);
    const known = new Map<string, readonly string[]>(
      Object.entries(metricsTable).map(([name, { labels }]) => [name, labels]),
    );
    expect(names.filter((name) => !known.has(name))).toEqual([]);
    const labels = new Set(['instance', 'job', ...names.flatMap((name) => known.get(name) ?? [])]);
    const used = [...`${annotations.summary} ${annotations.description}`.matchAll(/\$labels\.(\w+)/g)];
    expect(used.filter(([, label = '']) => !labels.has(label))).toEqual([]);
  },
);

test('the dashboard is about metrics that exist', () => {
  const names = dashboardExpressions.flatMap(metricsOf);
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !Object.hasOwn(metricsTable, name))).toEqual([]);
});

test('every runbook address leads to a section of docs/operations.md', () => {
  const anchors = anchorsOf('docs/operations.md');
  const lost = rules.filter(({ annotations }) => {
    const [page, anchor = ''] = annotations.runbook_url.split('#');
    return page !== 'docs/operations.md' || !anchors.has(anchor);
  });
  expect(lost.map(({ alert, annotations }) => `${alert}: ${annotations.runbook_url}`)).toEqual([]);
});

test('every alert is explained in docs/monitoring.md', () => {
  const page = read('docs/monitoring.md');
  expect(alerts.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

const missing =
  spawnSync('promtool', ['--version']).error === undefined
    ? undefined
    : 'promtool (Debian package prometheus) is not installed';
const skip = shouldSkip('alerts.test.ts', missing);

function promtool(...parameters: readonly string[]) {
  const { status, stdout, stderr } = spawnSync('promtool', parameters, { cwd: root, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}

test.skipIf(skip)('promtool: these are rules', () => {
  const { status, output } = promtool('check', 'rules', rulesPath);
  expect(status, output).toBe(0);
});

const target = { instance: 'a', job: 'renewd' };

/** As scraped from a target of its own, unless the series say otherwise. */
function inputSeries(series: Series, instance: string): readonly object[] {
  return series.map(([text, values]) => {
    const [, name = '', own = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(text) ?? [];
    const job = own.includes('job=') ? [] : ['job="renewd"'];
    const whole = [`instance="${instance}"`, ...job, own].filter((part) => part !== '');
    return { series: `${name}{${whole.join(',')}}`, values };
  });
}

/** What Prometheus makes of an annotation. */
function rendered(text: string, labels: Readonly<Record<string, string>>, value: string): string {
  return text
    .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_whole, name: string) => labels[name] ?? '')
    .replaceAll(/\{\{ \$value[^}]*\}\}/g, value);
}

function expected({ alert, labels = {}, value = '', isAboutNoTarget = false }: AlertCase): object {
  const rule = rules.find((one) => one.alert === alert);
  if (rule === undefined) throw new Error(`there is no alert ${alert}`);
  const { job } = target;
  // A sum by channel, and everything that is about one target.
  const all = { ...(isAboutNoTarget ? { job } : target), ...labels };
  const annotations = Object.entries(rule.annotations).map(([name, text]) => [
    name,
    rendered(text, all, value),
  ]);
  return { exp_labels: { ...all, ...rule.labels }, exp_annotations: Object.fromEntries(annotations) };
}

/** A data base for each test is what takes promtool its time: those that are well are further targets beside the one that is not. */
function promtoolTests(one: AlertCase): readonly object[] {
  const { alert: alertname, fires, at, quietAt, healthy, everyMinutes = 1, isAboutNoTarget = false } = one;
  const interval = `${everyMinutes}m`;
  const quiet = (minutes: number) => ({ eval_time: `${minutes}m`, alertname, exp_alerts: [] });
  const firing = { eval_time: `${at}m`, alertname, exp_alerts: [expected(one)] };
  const well = healthy.map((series, index) => inputSeries(series, `well-${index}`));
  const ill = inputSeries(fires, target.instance);
  const both = {
    interval,
    input_series: [...ill, ...well.flat()],
    alert_rule_test: [quiet(quietAt), firing],
  };
  if (!isAboutNoTarget) return [both];
  return [
    { ...both, input_series: ill },
    ...well.map((series) => ({ interval, input_series: series, alert_rule_test: [quiet(at)] })),
  ];
}

const paces = [...new Set(alertCases.map(({ everyMinutes = 1 }) => everyMinutes))];

test.skipIf(skip).for(paces)(
  'promtool: each fires when it should, with its words, and not when it should not (every %i min)',
  { timeout: 120_000 },
  (pace) => {
    const directory = mkdtempSync(join(tmpdir(), 'renewd-alerts-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const path = join(directory, 'alerts.test.yml');
    const cases = alertCases.filter(({ everyMinutes = 1 }) => everyMinutes === pace);
    const tests = cases.flatMap(promtoolTests);
    writeFileSync(
      path,
      stringify({ rule_files: [join(root, rulesPath)], evaluation_interval: `${pace}m`, tests }),
    );
    const { status, output } = promtool('test', 'rules', path);
    expect(status, output).toBe(0);
  },
);
