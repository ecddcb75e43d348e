/**
 * What Prometheus reads, counted and written by prom-client. Counters live in this process and begin at 0 with it;
 * everything about certificates comes from the snapshot that is rendered, so that there is no second truth.
 */
import { setImmediate as othersFirst } from 'node:timers/promises';
import type { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RenewalState } from '../core/renewal.ts';
import { metricsTable, type MetricName } from './metrics-table.ts';
import type { CertificateStatus } from './source.ts';

export interface ProviderRequestObservation {
  readonly provider: string;
  readonly command: string;
  readonly outcome: string;
  readonly seconds: number;
}

export type RenewalOutcome = Extract<RenewalState, 'served' | 'failed' | 'superseded'>;

const renewalOutcomes: readonly RenewalOutcome[] = ['served', 'failed', 'superseded'];

export interface Metrics {
  observeProviderRequest(observation: ProviderRequestObservation): void;
  renewalFinished(outcome: RenewalOutcome): void;
  orderPaid(provider: string): void;
  passFinished(at: Date, seconds: number): void;
  /** `valid`: the files were accepted; otherwise what was loaded before stays in use. */
  configLoaded(valid: boolean, at: Date): void;
  /** A call during another one gets the other one's text. */
  render(snapshot: readonly CertificateStatus[], openRenewals: number): Promise<string>;
}

/** The type prom-client's Registry has by default; its own constant would need it loaded. */
export const expositionType = 'text/plain; version=0.0.4; charset=utf-8';

/** From a quick answer to a request that is cut off by its timeout. */
const requestSecondsBounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

interface Instruments {
  readonly registry: Registry;
  readonly gauges: ReadonlyMap<MetricName, Gauge>;
  readonly requests: Counter;
  readonly requestSeconds: Histogram;
  readonly renewals: Counter;
  readonly ordersPaid: Counter;
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
  const instruments = {
    registry,
    gauges: new Map(
      metricNames
        .filter((name) => metricsTable[name].type === 'gauge')
        .map((name) => [name, new Gauge(options(name))]),
    ),
    requests: new Counter(options('renewd_provider_requests_total')),
    requestSeconds: new Histogram({
      ...options('renewd_provider_request_duration_seconds'),
      buckets: requestSecondsBounds,
    }),
    renewals: new Counter(options('renewd_renewals_total')),
    ordersPaid: new Counter(options('renewd_orders_paid_total')),
  };
  // A series that appears with 1 hides its first increase from rate().
  for (const outcome of renewalOutcomes) instruments.renewals.inc({ outcome }, 0);
  return instruments;
}

export function createMetrics(version: string): Metrics {
  /** Gauges of the process itself, by their last value; unknown ones are absent. */
  const known = new Map<MetricName, number>();
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

  async function renderAll(snapshot: readonly CertificateStatus[], openRenewals: number): Promise<string> {
    const { registry, gauges } = await loaded();
    const own = new Map(known).set('renewd_renewals_open', openRenewals);
    const texts: string[] = [];
    for (const name of metricNames) {
      const gauge = gauges.get(name);
      if (gauge !== undefined) {
        clear(gauge, name);
        const value = own.get(name);
        if (value !== undefined) gauge.set(value);
        if (name === 'renewd_build_info') gauge.set({ version }, 1);
        await fill(gauge, ofCertificate[name], snapshot);
      }
      texts.push(await registry.getSingleMetricAsString(name));
      // Ten thousand series are 10 MB, needed for this moment only.
      if (gauge !== undefined) clear(gauge, name);
    }
    return `${texts.join('\n\n')}\n`;
  }

  return {
    observeProviderRequest({ provider, command, outcome, seconds }) {
      count(({ requests, requestSeconds }) => {
        requests.inc({ provider, command, outcome });
        requestSeconds.observe({ provider }, seconds);
      });
    },
    renewalFinished(outcome) {
      count(({ renewals }) => renewals.inc({ outcome }));
    },
    orderPaid(provider) {
      count(({ ordersPaid }) => ordersPaid.inc({ provider }));
    },
    passFinished(at, seconds) {
      known.set('renewd_last_pass_timestamp_seconds', at.getTime() / 1000);
      known.set('renewd_pass_duration_seconds', seconds);
    },
    configLoaded(valid, at) {
      known.set('renewd_config_valid', valid ? 1 : 0);
      if (valid) known.set('renewd_config_last_reload_timestamp_seconds', at.getTime() / 1000);
    },
    render(snapshot, openRenewals) {
      rendering ??= renderAll(snapshot, openRenewals).finally(() => {
        rendering = undefined;
      });
      return rendering;
    },
  };
}

/** Without any series: prom-client resets a gauge without labels to 0, which would be a pass made in 1970. */
function clear(gauge: Gauge, name: MetricName): void {
  gauge.reset();
  if (metricsTable[name].labels.length === 0) gauge.remove();
}

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
  renewd_renewal_state(gauge, { name, renewal }) {
    if (renewal !== null) gauge.set({ certificate: name, state: renewal.state }, 1);
  },
};

/** Certificates between two moments at which everything else in the process gets its turn. */
const slice = 1000;

async function fill(
  gauge: Gauge,
  reading: CertificateReading | undefined,
  snapshot: readonly CertificateStatus[],
): Promise<void> {
  if (reading === undefined) return;
  for (const [index, status] of snapshot.entries()) {
    if (index > 0 && index % slice === 0) await othersFirst();
    reading(gauge, status);
  }
  await othersFirst();
}
