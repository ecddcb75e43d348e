/**
 * What Prometheus reads. Counters live in this process and begin at 0 with it; everything about certificates comes from
 * the snapshot that is rendered, so that there is no second truth.
 *
 * The text format is written here and not by prom-client: the client costs 22 MB of resident memory from the first
 * scrape on, and with 10 000 certificates each scrape would stop the whole process for about 0.3 s. The tests compare
 * our output with prom-client's and with `promtool check metrics`.
 */
import { setImmediate as othersFirst } from 'node:timers/promises';
import type { RenewalState } from '../core/renewal.ts';
import { family, sample } from './exposition.ts';
import type { MetricName } from './metrics-table.ts';
import type { CertificateStatus } from './source.ts';
import { CounterTally, HistogramTally } from './tallies.ts';

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
  render(snapshot: readonly CertificateStatus[], openRenewals: number): Promise<string>;
}

/** From a quick answer to a request that is cut off by its timeout. */
export const requestSecondsBounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120] as const;

export function createMetrics(version: string): Metrics {
  const requests = new CounterTally('renewd_provider_requests_total');
  const requestSeconds = new HistogramTally('renewd_provider_request_duration_seconds', requestSecondsBounds);
  const renewals = new CounterTally('renewd_renewals_total');
  const ordersPaid = new CounterTally('renewd_orders_paid_total');
  const gauges = new Map<MetricName, number>();
  // A series that appears with 1 hides its first increase from rate().
  for (const outcome of renewalOutcomes) renewals.add([outcome], 0);

  function gaugeFamily(name: MetricName): string {
    const value = gauges.get(name);
    return family(name, value === undefined ? [] : [sample(name, [], value)]);
  }

  return {
    observeProviderRequest({ provider, command, outcome, seconds }) {
      requests.add([provider, command, outcome], 1);
      requestSeconds.observe([provider], seconds);
    },
    renewalFinished(outcome) {
      renewals.add([outcome], 1);
    },
    orderPaid(provider) {
      ordersPaid.add([provider], 1);
    },
    passFinished(at, seconds) {
      gauges.set('renewd_last_pass_timestamp_seconds', at.getTime() / 1000);
      gauges.set('renewd_pass_duration_seconds', seconds);
    },
    configLoaded(valid, at) {
      gauges.set('renewd_config_valid', valid ? 1 : 0);
      if (valid) gauges.set('renewd_config_last_reload_timestamp_seconds', at.getTime() / 1000);
    },
    async render(snapshot, openRenewals) {
      const certificates = await certificateFamilies(snapshot);
      return [
        family('renewd_build_info', [sample('renewd_build_info', [['version', version]], 1)]),
        gaugeFamily('renewd_config_valid'),
        gaugeFamily('renewd_config_last_reload_timestamp_seconds'),
        gaugeFamily('renewd_last_pass_timestamp_seconds'),
        gaugeFamily('renewd_pass_duration_seconds'),
        ...certificates,
        family('renewd_renewals_open', [sample('renewd_renewals_open', [], openRenewals)]),
        family('renewd_renewals_total', renewals.samples()),
        family('renewd_orders_paid_total', ordersPaid.samples()),
        family('renewd_provider_requests_total', requests.samples()),
        family('renewd_provider_request_duration_seconds', requestSeconds.samples()),
      ].join('');
    },
  };
}

/** Certificates between two moments at which everything else in the process gets its turn. */
const slice = 1000;

async function certificateFamilies(snapshot: readonly CertificateStatus[]): Promise<readonly string[]> {
  const notAfter: string[] = [];
  const due: string[] = [];
  const slack: string[] = [];
  const served: string[] = [];
  const state: string[] = [];
  for (const [index, status] of snapshot.entries()) {
    if (index > 0 && index % slice === 0) await othersFirst();
    addSample(notAfter, 'renewd_certificate_not_after_timestamp_seconds', status, inSeconds(status.notAfter));
    addSample(due, 'renewd_certificate_due_timestamp_seconds', status, inSeconds(status.dueAt));
    addSample(slack, 'renewd_certificate_slack_seconds', status, inSeconds(status.slackMs));
    addSample(served, 'renewd_certificate_served_matches', status, asGauge(status.servedMatches));
    if (status.renewal !== null) {
      const labels = [
        ['certificate', status.name],
        ['state', status.renewal.state],
      ] as const;
      state.push(sample('renewd_renewal_state', labels, 1));
    }
  }
  return [
    family('renewd_certificate_not_after_timestamp_seconds', notAfter),
    family('renewd_certificate_due_timestamp_seconds', due),
    family('renewd_certificate_slack_seconds', slack),
    family('renewd_certificate_served_matches', served),
    family('renewd_renewal_state', state),
  ];
}

function addSample(to: string[], name: MetricName, status: CertificateStatus, value: number | null): void {
  if (value !== null) to.push(sample(name, [['certificate', status.name]], value));
}

function inSeconds(value: Date | number | null): number | null {
  if (value === null) return null;
  return (typeof value === 'number' ? value : value.getTime()) / 1000;
}

function asGauge(value: boolean | null): number | null {
  if (value === null) return null;
  return value ? 1 : 0;
}
