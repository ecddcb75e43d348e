/**
 * What Prometheus reads, counted and written by prom-client. Counters live in this process and begin at 0 with it;
 * everything about certificates comes from the snapshot that is rendered, so that there is no second truth.
 */
import { setImmediate as othersFirst } from 'node:timers/promises';
import type { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { NoticeLevel } from '../core/notices.ts';
import type { RenewalState } from '../core/renewal.ts';
import { createLabelWords, isAnswer } from './label-words.ts';
import { metricsTable, type MetricName } from './metrics-table.ts';
import type { CertificateStatus, SpendingStatus } from './source.ts';

export interface ProviderRequestObservation {
  readonly provider: string;
  readonly command: string;
  readonly outcome: string;
  readonly seconds: number;
  /** When it ended. */
  readonly at: Date;
}

export type RenewalOutcome = Extract<RenewalState, 'served' | 'failed' | 'superseded'>;

const renewalOutcomes: readonly RenewalOutcome[] = ['served', 'failed', 'superseded'];

const deploymentOutcomes = ['deployed', 'undone'] as const;
export type DeploymentOutcome = (typeof deploymentOutcomes)[number];

const passOutcomes = ['made', 'failed'] as const;

/** What only the listener knows of its process. */
export interface ProcessFacts {
  readonly now: Date;
  readonly startedAt: Date;
  /** A last pass older than this counts as a stuck daemon. */
  readonly healthLimitMs: number;
}

export interface Metrics {
  observeProviderRequest(observation: ProviderRequestObservation): void;
  renewalFinished(outcome: RenewalOutcome): void;
  orderPaid(provider: string): void;
  /** So many notices of one level went out by a channel, or did not. */
  noticesTold(channel: string, level: NoticeLevel, outcome: 'sent' | 'failed', notices: number): void;
  /** A set was put in place, or an attempt was taken back. */
  deploymentEnded(outcome: DeploymentOutcome): void;
  /** Somebody asked the status listener with a wrong token, or for a name that is not its own. */
  listenerRefused(reason: 'token' | 'host'): void;
  passFinished(at: Date, seconds: number): void;
  passFailed(): void;
  /** `valid`: the files were accepted; otherwise what was loaded before stays in use. */
  configLoaded(valid: boolean, at: Date): void;
  /** A call during another one gets the other one's text. */
  render(
    snapshot: readonly CertificateStatus[],
    openRenewals: number,
    spending?: readonly SpendingStatus[],
    facts?: ProcessFacts,
  ): Promise<string>;
}

/** The type prom-client's Registry has by default; its own constant would need it loaded. */
export const expositionType = 'text/plain; version=0.0.4; charset=utf-8';

/** From a quick answer to a request that is cut off by its timeout. */
const requestSecondsBounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

interface Instruments {
  readonly registry: Registry;
  readonly gauges: Readonly<Partial<Record<MetricName, Gauge>>>;
  readonly requests: Counter;
  readonly requestSeconds: Histogram;
  readonly renewals: Counter;
  readonly deployments: Counter;
  readonly passes: Counter;
  readonly ordersPaid: Counter;
  readonly notices: Counter;
  readonly refused: Counter;
}

const metricNames = Object.keys(metricsTable).filter((name): name is MetricName => name in metricsTable);

/** prom-client is loaded here: a daemon that nobody scrapes and that has nothing to count does without its memory. */
async function loadInstruments(): Promise<Instruments> {
  const { Counter, Gauge, Histogram, Registry } = await import('prom-client');
  const registry = new Registry();
  const options = (name: MetricName) => {
    const { help, labels } = metricsTable[name];
    return { name, help, labelNames: labels, registers: [registry] };
  };
  const gauges: Partial<Record<MetricName, Gauge>> = {};
  for (const name of metricNames) {
    if (metricsTable[name].type !== 'gauge') continue;
    const gauge = new Gauge(options(name));
    // prom-client sets a gauge without labels to 0 at once: a pass that ended in 1970, a refused configuration.
    if (metricsTable[name].labels.length === 0) gauge.remove();
    gauges[name] = gauge;
  }
  const renewals = new Counter(options('renewd_renewals_total'));
  // A series that appears with 1 hides its first increase from rate().
  for (const outcome of renewalOutcomes) renewals.inc({ outcome }, 0);
  const deployments = new Counter(options('renewd_deployments_total'));
  for (const outcome of deploymentOutcomes) deployments.inc({ outcome }, 0);
  const passes = new Counter(options('renewd_passes_total'));
  for (const outcome of passOutcomes) passes.inc({ outcome }, 0);
  return {
    registry,
    gauges,
    renewals,
    deployments,
    passes,
    ordersPaid: new Counter(options('renewd_orders_paid_total')),
    notices: new Counter(options('renewd_notices_total')),
    refused: new Counter(options('renewd_listener_refused_total')),
    requests: new Counter(options('renewd_provider_requests_total')),
    requestSeconds: new Histogram({
      ...options('renewd_provider_request_duration_seconds'),
      buckets: requestSecondsBounds,
    }),
  };
}

export function createMetrics(version: string): Metrics {
  /** Gauges of the process itself, by their last value; unknown ones are absent. */
  const known = new Map<MetricName, number>();
  /** By provider, since when no request was answered properly. */
  const failingSince = new Map<string, Date>();
  const words = createLabelWords();
  /** The loop must not load prom-client for a count that nobody has asked for yet. */
  let passesMade = 0;
  let passesFailed = 0;
  let loading: Promise<Instruments> | undefined;
  let rendering: Promise<string> | undefined;

  function loaded(): Promise<Instruments> {
    loading ??= loadInstruments();
    return loading;
  }

  /** In the order of the calls. Counting must not stop a renewal: what cannot be counted is left out. */
  function count(how: (instruments: Instruments) => void): void {
    loaded()
      .then(how)
      .catch(() => undefined);
  }

  async function renderAll(
    snapshot: readonly CertificateStatus[],
    openRenewals: number,
    spending: readonly SpendingStatus[],
    facts: ProcessFacts | undefined,
  ): Promise<string> {
    const instruments = await loaded();
    const { registry, gauges, passes } = instruments;
    passes.inc({ outcome: 'made' }, passesMade);
    passes.inc({ outcome: 'failed' }, passesFailed);
    passesMade = 0;
    passesFailed = 0;
    gauges.renewd_provider_failing_since_timestamp_seconds?.reset();
    for (const [provider, since] of failingSince)
      gauges.renewd_provider_failing_since_timestamp_seconds?.set({ provider }, since.getTime() / 1000);
    if (facts !== undefined) {
      known.set('renewd_clock_timestamp_seconds', facts.now.getTime() / 1000);
      known.set('renewd_start_timestamp_seconds', facts.startedAt.getTime() / 1000);
      known.set('renewd_last_pass_age_limit_seconds', facts.healthLimitMs / 1000);
    }
    gauges.renewd_build_info?.set({ version }, 1);
    gauges.renewd_renewals_open?.set(openRenewals);
    showSpending(instruments, spending);
    for (const [name, value] of known) gauges[name]?.set(value);
    const texts: string[] = [];
    for (const name of metricNames) {
      const reading = ofCertificate[name];
      texts.push(
        reading === undefined
          ? await registry.getSingleMetricAsString(name)
          : await certificateGauge(instruments, name, reading, snapshot),
      );
    }
    return `${texts.join('\n\n')}\n`;
  }

  return {
    observeProviderRequest({ provider, command, outcome, seconds, at }) {
      if (isAnswer(outcome)) failingSince.delete(provider);
      else if (!failingSince.has(provider)) failingSince.set(provider, at);
      count(({ requests, requestSeconds }) => {
        requests.inc({ provider, ...words(provider, command, outcome) });
        requestSeconds.observe({ provider }, seconds);
      });
    },
    renewalFinished(outcome) {
      count(({ renewals }) => renewals.inc({ outcome }));
    },
    orderPaid(provider) {
      count(({ ordersPaid }) => ordersPaid.inc({ provider }));
    },
    noticesTold(channel, level, outcome, told) {
      count(({ notices }) => notices.inc({ channel, level, outcome }, told));
    },
    listenerRefused(reason) {
      count(({ refused }) => refused.inc({ reason }));
    },
    deploymentEnded(outcome) {
      count(({ deployments }) => deployments.inc({ outcome }));
    },
    passFailed() {
      passesFailed += 1;
    },
    passFinished(at, seconds) {
      passesMade += 1;
      known.set('renewd_last_pass_timestamp_seconds', at.getTime() / 1000);
      known.set('renewd_pass_duration_seconds', seconds);
    },
    configLoaded(valid, at) {
      known.set('renewd_config_valid', valid ? 1 : 0);
      if (!valid) return;
      known.set('renewd_config_last_reload_timestamp_seconds', at.getTime() / 1000);
      // A provider that has left the configuration is asked no more, and would be failing for ever.
      failingSince.clear();
    },
    render(snapshot, openRenewals, spending = [], facts) {
      rendering ??= renderAll(snapshot, openRenewals, spending, facts).finally(() => {
        rendering = undefined;
      });
      return rendering;
    },
  };
}

/** Providers that left the configuration must not stay. */
function showSpending({ gauges }: Instruments, rows: readonly SpendingStatus[]): void {
  const set = (name: MetricName, provider: string | null, value: number | null): void => {
    if (value !== null) gauges[name]?.set({ provider: provider ?? '*' }, value);
  };
  for (const name of spendingGauges) gauges[name]?.reset();
  for (const { provider, ordersToday, ordersPerDay, monthHundredths, perMonthHundredths } of rows) {
    set('renewd_spend_orders', provider, ordersToday);
    set('renewd_spend_orders_limit', provider, ordersPerDay);
    set('renewd_spend_month', provider, monthHundredths / 100);
    set('renewd_spend_month_limit', provider, perMonthHundredths === null ? null : perMonthHundredths / 100);
  }
}

const spendingGauges = [
  'renewd_spend_orders',
  'renewd_spend_orders_limit',
  'renewd_spend_month',
  'renewd_spend_month_limit',
] as const satisfies readonly MetricName[];

/** How a certificate sets a gauge; unknown things set nothing. */
type CertificateReading = (gauge: Gauge, status: CertificateStatus) => void;

const ofCertificate: Readonly<Partial<Record<MetricName, CertificateReading>>> = {
  renewd_certificate_not_after_timestamp_seconds(gauge, { name, notAfter }) {
    if (notAfter !== null) gauge.set({ certificate: name }, notAfter.getTime() / 1000);
  },
  renewd_certificate_due_timestamp_seconds(gauge, { name, dueAt }) {
    if (dueAt !== null) gauge.set({ certificate: name }, dueAt.getTime() / 1000);
  },
  renewd_certificate_slack_seconds(gauge, { name, slackMs }) {
    if (slackMs !== null) gauge.set({ certificate: name }, slackMs / 1000);
  },
  renewd_certificate_served_matches(gauge, { name, servedMatches }) {
    if (servedMatches !== null) gauge.set({ certificate: name }, servedMatches ? 1 : 0);
  },
  renewd_certificate_revoked(gauge, { name, revocation }) {
    if (revocation !== null && revocation.status !== 'unknown')
      gauge.set({ certificate: name }, revocation.status === 'revoked' ? 1 : 0);
  },
  renewd_certificate_revocation_answered_timestamp_seconds(gauge, { name, revocation }) {
    if (revocation?.answeredAt != null)
      gauge.set({ certificate: name }, revocation.answeredAt.getTime() / 1000);
  },
  renewd_certificate_compromised_since_timestamp_seconds(gauge, { name, compromise }) {
    if (compromise !== null) gauge.set({ certificate: name }, compromise.since.getTime() / 1000);
  },
  renewd_certificate_blocked(gauge, { name, decision }) {
    gauge.set({ certificate: name }, decision.action === 'blocked' ? 1 : 0);
  },
  renewd_renewal_waits_for_person_since_timestamp_seconds(gauge, { name, renewal }) {
    if (renewal?.waitsFor != null) gauge.set({ certificate: name }, renewal.waitsFor.since.getTime() / 1000);
  },
  renewd_renewal_begun_timestamp_seconds(gauge, { name, renewal }) {
    if (renewal !== null) gauge.set({ certificate: name }, renewal.createdAt.getTime() / 1000);
  },
  renewd_renewal_state(gauge, { name, renewal }) {
    if (renewal !== null) gauge.set({ certificate: name, state: renewal.state }, 1);
  },
};

/** Certificates between two moments at which everything else in the process gets its turn. */
const slice = 1000;

/**
 * Filled, written and emptied slice by slice: prom-client writes all series of a metric in one go, which for ten
 * thousand takes too long, and series of certificates that have left the inventory must not stay.
 */
async function certificateGauge(
  { registry, gauges }: Instruments,
  name: MetricName,
  reading: CertificateReading,
  snapshot: readonly CertificateStatus[],
): Promise<string> {
  const gauge = gauges[name];
  if (gauge === undefined) return '';
  // Without series: HELP and TYPE. They stand before every slice too, and may appear once only.
  gauge.reset();
  const header = await registry.getSingleMetricAsString(name);
  const texts = [header];
  for (let start = 0; start < snapshot.length; start += slice) {
    for (const status of snapshot.slice(start, start + slice)) reading(gauge, status);
    const text = await registry.getSingleMetricAsString(name);
    gauge.reset();
    texts.push(text.slice(header.length));
    await othersFirst();
  }
  return texts.join('');
}
