/**
 * config/grafana/renewd.json: the dashboard, from a table of panels. Written by hand it would be a thousand lines in which
 * nobody finds an expression.
 */

type Kind = 'timeseries' | 'stat' | 'table';

interface Panel {
  readonly title: string;
  readonly kind: Kind;
  readonly says: string;
  /** Grafana's names: s, percentunit, short, reqps. */
  readonly unit: string;
  readonly queries: readonly (readonly [expression: string, legend: string])[];
  /** Of 24 columns. */
  readonly width: number;
  /** Value from which on it is shown in red; where `low`, up to which. */
  readonly red?: number;
  readonly low?: boolean;
}

const on = '{instance=~"$instance"}';
function of(labels: string): string {
  return `{instance=~"$instance",${labels}}`;
}

const panels: readonly Panel[] = [
  {
    title: 'Since the last pass',
    kind: 'stat',
    says: 'The heartbeat of the loop.',
    unit: 's',
    width: 4,
    red: 900,
    queries: [[`time() - renewd_last_pass_timestamp_seconds${on}`, '{{instance}}']],
  },
  {
    title: 'Configuration',
    kind: 'stat',
    says: '1: valid. 0: refused, the last good one is in use.',
    unit: 'short',
    width: 4,
    red: 0,
    low: true,
    queries: [[`renewd_config_valid${on}`, '{{instance}}']],
  },
  {
    title: 'Blocked',
    kind: 'stat',
    says: 'Certificates that need a person.',
    unit: 'short',
    width: 4,
    red: 1,
    queries: [[`sum(renewd_certificate_blocked${on})`, 'blocked']],
  },
  {
    title: 'Not served',
    kind: 'stat',
    says: 'Certificates that an endpoint does not serve as they are on disk.',
    unit: 'short',
    width: 4,
    red: 1,
    queries: [[`sum(1 - renewd_certificate_served_matches${on})`, 'not served']],
  },
  {
    title: 'Least slack',
    kind: 'stat',
    says: 'Of all certificates on disk; negative: ended.',
    unit: 's',
    width: 4,
    red: 86_400,
    low: true,
    queries: [[`min(renewd_certificate_slack_seconds${on})`, 'slack']],
  },
  {
    title: 'Open renewals',
    kind: 'stat',
    says: 'Not finished, blocked ones included.',
    unit: 'short',
    width: 4,
    queries: [[`sum(renewd_renewals_open${on})`, 'open']],
  },
  {
    title: 'Problems',
    kind: 'table',
    says: 'Alerts of renewd that fire or are about to.',
    unit: 'short',
    width: 12,
    queries: [['ALERTS{alertname=~"Renewd.+"}', '']],
  },
  {
    title: 'Least slack by certificate',
    kind: 'table',
    says: 'The twenty that end first.',
    unit: 's',
    width: 12,
    queries: [[`bottomk(20, renewd_certificate_slack_seconds${on})`, '{{certificate}}']],
  },
  {
    title: 'Next due',
    kind: 'table',
    says: 'Time until due, the twenty next; negative: overdue.',
    unit: 's',
    width: 12,
    queries: [[`bottomk(20, renewd_certificate_due_timestamp_seconds${on} - time())`, '{{certificate}}']],
  },
  {
    title: 'Certificates by slack',
    kind: 'timeseries',
    says: 'How many have less than so much of their lifetime left.',
    unit: 'short',
    width: 12,
    queries: [
      [`count(renewd_certificate_slack_seconds${on} <= 0) or vector(0)`, 'ended'],
      [`count(renewd_certificate_slack_seconds${on} < 7 * 86400) or vector(0)`, 'under 7 days'],
      [`count(renewd_certificate_slack_seconds${on} < 30 * 86400) or vector(0)`, 'under 30 days'],
      [`count(renewd_certificate_slack_seconds${on})`, 'all'],
    ],
  },
  {
    title: 'Renewals by state',
    kind: 'timeseries',
    says: 'Open renewals.',
    unit: 'short',
    width: 12,
    queries: [[`sum by (state) (renewd_renewal_state${on})`, '{{state}}']],
  },
  {
    title: 'Renewals that ended',
    kind: 'timeseries',
    says: 'In the last day, by outcome.',
    unit: 'short',
    width: 12,
    queries: [[`sum by (outcome) (increase(renewd_renewals_total${on}[1d]))`, '{{outcome}}']],
  },
  {
    title: 'Deployments',
    kind: 'timeseries',
    says: 'In the last day: put in place, or taken back.',
    unit: 'short',
    width: 12,
    queries: [[`sum by (outcome) (increase(renewd_deployments_total${on}[1d]))`, '{{outcome}}']],
  },
  {
    title: 'Paid orders',
    kind: 'timeseries',
    says: 'In the last day, by provider.',
    unit: 'short',
    width: 12,
    queries: [[`sum by (provider) (increase(renewd_orders_paid_total${on}[1d]))`, '{{provider}}']],
  },
  {
    title: 'Spent of the limits',
    kind: 'timeseries',
    says: 'At 100 % paid renewals are blocked. "*": all providers together.',
    unit: 'percentunit',
    width: 12,
    red: 1,
    queries: [
      [`renewd_spend_orders${on} / renewd_spend_orders_limit${on}`, '{{provider}}: orders in 24 h'],
      [`renewd_spend_month${on} / renewd_spend_month_limit${on}`, '{{provider}}: sum of the month'],
    ],
  },
  {
    title: 'Spent this month',
    kind: 'timeseries',
    says: "In units of each account's currency.",
    unit: 'short',
    width: 12,
    queries: [[`renewd_spend_month${on}`, '{{provider}}']],
  },
  {
    title: 'Requests to providers',
    kind: 'timeseries',
    says: 'By command.',
    unit: 'reqps',
    width: 12,
    queries: [
      [
        `sum by (provider, command) (rate(renewd_provider_requests_total${on}[$__rate_interval]))`,
        '{{provider}} {{command}}',
      ],
    ],
  },
  {
    title: 'Requests that did not end well',
    kind: 'timeseries',
    says: 'By outcome.',
    unit: 'reqps',
    width: 12,
    queries: [
      [
        `sum by (provider, outcome) (rate(renewd_provider_requests_total${of('outcome!="ok"')}[$__rate_interval]))`,
        '{{provider}} {{outcome}}',
      ],
    ],
  },
  {
    title: 'Time that requests take',
    kind: 'timeseries',
    says: 'Median and 95 of 100, by provider.',
    unit: 's',
    width: 12,
    queries: [0.5, 0.95].map((share) => [
      `histogram_quantile(${share}, sum by (provider, le) (rate(renewd_provider_request_duration_seconds_bucket${on}[$__rate_interval])))`,
      `{{provider}} ${share}`,
    ]),
  },
  {
    title: 'Providers that fail',
    kind: 'timeseries',
    says: 'For how long no request was answered properly; empty when all is well.',
    unit: 's',
    width: 12,
    queries: [[`time() - renewd_provider_failing_since_timestamp_seconds${on}`, '{{provider}}']],
  },
  {
    title: 'Passes',
    kind: 'timeseries',
    says: 'How often, and those that failed.',
    unit: 'short',
    width: 12,
    queries: [[`sum by (outcome) (increase(renewd_passes_total${on}[1h]))`, '{{outcome}} in an hour']],
  },
  {
    title: 'Time that a pass takes',
    kind: 'timeseries',
    says: 'The last one before each scrape.',
    unit: 's',
    width: 12,
    queries: [[`renewd_pass_duration_seconds${on}`, '{{instance}}']],
  },
  {
    title: 'Notices',
    kind: 'timeseries',
    says: 'In the last day, by channel and outcome.',
    unit: 'short',
    width: 12,
    queries: [
      [`sum by (channel, outcome) (increase(renewd_notices_total${on}[1d]))`, '{{channel}} {{outcome}}'],
    ],
  },
];

/** Every expression of the dashboard, with Grafana's variables in it. */
export const dashboardExpressions: readonly string[] = panels.flatMap(({ queries }) =>
  queries.map(([expression]) => expression),
);

const datasource = { type: 'prometheus', uid: '${datasource}' };
const heights: Readonly<Record<Kind, number>> = { stat: 4, timeseries: 8, table: 8 };

function thresholds({ red, low = false }: Panel): object {
  if (red === undefined) return { mode: 'absolute', steps: [{ color: 'green', value: null }] };
  const [below, above] = low ? ['red', 'green'] : ['green', 'red'];
  // The step holds from its value on: "up to and with" begins just above it.
  const value = low && red === 0 ? 1 : red;
  const steps = [
    { color: below, value: null },
    { color: above, value },
  ];
  return { mode: 'absolute', steps };
}

const options: Readonly<Record<Kind, object>> = {
  stat: { colorMode: 'background', graphMode: 'none', reduceOptions: { calcs: ['lastNotNull'] } },
  table: { showHeader: true, sortBy: [{ displayName: 'Value', desc: false }] },
  timeseries: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
};

function panelJson(panel: Panel, index: number, x: number, y: number): object {
  const { kind, queries } = panel;
  const isTable = kind === 'table';
  return {
    id: index + 1,
    type: kind,
    title: panel.title,
    description: panel.says,
    datasource,
    gridPos: { x, y, w: panel.width, h: heights[kind] },
    fieldConfig: { defaults: { unit: panel.unit, thresholds: thresholds(panel) }, overrides: [] },
    options: options[kind],
    targets: queries.map(([expr, legendFormat], target) => ({
      refId: String.fromCodePoint(65 + target),
      datasource,
      expr,
      legendFormat,
      ...(isTable ? { format: 'table', instant: true } : {}),
    })),
    ...(isTable
      ? {
          transformations: [
            {
              id: 'organize',
              options: { excludeByName: { Time: true, __name__: true, job: true }, renameByName: {} },
            },
          ],
        }
      : {}),
  };
}

/** From left to right, a new row where one is full. */
function laidOut(): readonly object[] {
  let x = 0;
  let y = 0;
  let height = 0;
  return panels.map((panel, index) => {
    if (x + panel.width > 24) {
      x = 0;
      y += height;
      height = 0;
    }
    const made = panelJson(panel, index, x, y);
    x += panel.width;
    height = Math.max(height, heights[panel.kind]);
    return made;
  });
}

export function grafanaDashboard(): object {
  return {
    uid: 'renewd',
    title: 'renewd',
    description: 'Certificates that renewd keeps valid, deployed and served.',
    tags: ['renewd', 'certificates'],
    schemaVersion: 38,
    editable: true,
    timezone: 'browser',
    time: { from: 'now-7d', to: 'now' },
    refresh: '1m',
    templating: {
      list: [
        { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
        {
          name: 'instance',
          label: 'Instance',
          type: 'query',
          datasource,
          query: { query: 'label_values(renewd_build_info, instance)', refId: 'instance' },
          refresh: 2,
          includeAll: true,
          multi: true,
          allValue: '.*',
          current: { text: 'All', value: '$__all' },
        },
      ],
    },
    panels: laidOut(),
  };
}
