/** For every alert: series with which it fires, when it does not yet, and series with which it never does. */

/** Name with labels beside instance and job, and values in promtool's notation. */
export type Series = readonly (readonly [name: string, values: string])[];

export interface AlertCase {
  readonly alert: string;
  /** Between two values and between two evaluations; default 1. More for an alert that takes its time. */
  readonly everyMinutes?: number;
  readonly fires: Series;
  /** Minutes. */
  readonly at: number;
  /** Minutes at which the same series do not make it fire yet. */
  readonly quietAt: number;
  /** What the alert has beside the target's labels and its severity. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Without `instance`: the alert is about no target. */
  readonly isAboutNoTarget?: boolean;
  /** As the template shows it. */
  readonly value?: string;
  /** Each with `at`: it does not fire. */
  readonly healthy: readonly Series[];
}

const shop = 'certificate="shop"';
const notAfter = `renewd_certificate_not_after_timestamp_seconds{${shop}}`;
const due = `renewd_certificate_due_timestamp_seconds{${shop}}`;
const blocked = `renewd_certificate_blocked{${shop}}`;
const begun = `renewd_renewal_begun_timestamp_seconds{${shop}}`;
const waits = `renewd_renewal_waits_for_person_since_timestamp_seconds{${shop}}`;
const certificate = { certificate: 'shop' };

export const alertCases: readonly AlertCase[] = [
  {
    alert: 'RenewdDown',
    fires: [['up', '1x5 0x60']],
    quietAt: 10,
    at: 20,
    healthy: [[['up', '1x60']]],
  },
  {
    alert: 'RenewdAbsent',
    fires: [['up{job="other"}', '1x60']],
    quietAt: 5,
    at: 20,
    isAboutNoTarget: true,
    // A target that is down is another alert's.
    healthy: [[['up', '0x60']]],
  },
  {
    alert: 'RenewdStuck',
    fires: [
      ['renewd_last_pass_timestamp_seconds', '0+60x10 600x120'],
      ['renewd_start_timestamp_seconds', '0x130'],
      ['renewd_last_pass_age_limit_seconds', '900x130'],
    ],
    quietAt: 25,
    at: 45,
    value: '35m 0s',
    healthy: [
      [
        ['renewd_last_pass_timestamp_seconds', '0+60x130'],
        ['renewd_start_timestamp_seconds', '0x130'],
        ['renewd_last_pass_age_limit_seconds', '900x130'],
      ],
      // One that passes once a day.
      [
        ['renewd_last_pass_timestamp_seconds', '0x130'],
        ['renewd_start_timestamp_seconds', '0x130'],
        ['renewd_last_pass_age_limit_seconds', '173100x130'],
      ],
    ],
  },
  {
    alert: 'RenewdStuck',
    // In its first pass.
    fires: [
      ['renewd_start_timestamp_seconds', '0x130'],
      ['renewd_last_pass_age_limit_seconds', '900x130'],
    ],
    quietAt: 15,
    at: 45,
    value: '45m 0s',
    healthy: [],
  },
  {
    alert: 'RenewdRestarts',
    fires: [['renewd_start_timestamp_seconds', '0x5 300x5 600x5 900x5 1200x60']],
    quietAt: 12,
    at: 30,
    value: '4',
    healthy: [[['renewd_start_timestamp_seconds', '0x20 1200x60']]],
  },
  {
    alert: 'RenewdConfigurationRefused',
    fires: [['renewd_config_valid', '1x5 0x60']],
    quietAt: 10,
    at: 20,
    healthy: [[['renewd_config_valid', '1x60']]],
  },
  {
    alert: 'RenewdClockWrong',
    fires: [['renewd_clock_timestamp_seconds', '120+60x60']],
    quietAt: 5,
    at: 15,
    value: '2m 0s',
    healthy: [[['renewd_clock_timestamp_seconds', '5+60x60']]],
  },
  {
    alert: 'RenewdNoticesFail',
    fires: [['renewd_notices_total{channel="team",level="urgent",outcome="failed"}', '0x5 1+1x120']],
    quietAt: 20,
    at: 60,
    labels: { channel: 'team' },
    healthy: [
      [
        ['renewd_notices_total{channel="team",level="urgent",outcome="failed"}', '0x5 1+1x120'],
        ['renewd_notices_total{channel="team",level="person",outcome="sent"}', '0x5 1+1x120'],
      ],
      [['renewd_notices_total{channel="team",level="urgent",outcome="sent"}', '0x5 1+1x120']],
    ],
  },
  {
    alert: 'RenewdCertificateLate',
    // A lead of 100 min.
    fires: [
      [notAfter, '6000x100'],
      [due, '0x100'],
    ],
    quietAt: 64,
    at: 70,
    labels: certificate,
    value: '30m 0s',
    healthy: [
      [
        [notAfter, '6000x100'],
        [due, '3000x100'],
      ],
    ],
  },
  {
    alert: 'RenewdCertificateVeryLate',
    fires: [
      [notAfter, '6000x100'],
      [due, '0x100'],
    ],
    quietAt: 84,
    at: 90,
    labels: certificate,
    value: '10m 0s',
    healthy: [
      [
        [notAfter, '6000x100'],
        [due, '4000x100'],
      ],
    ],
  },
  {
    alert: 'RenewdCertificateExpired',
    fires: [[`renewd_certificate_slack_seconds{${shop}}`, '120-60x10']],
    quietAt: 1,
    at: 2,
    labels: certificate,
    healthy: [[[`renewd_certificate_slack_seconds{${shop}}`, '1x10']]],
  },
  {
    alert: 'RenewdCertificateMissing',
    everyMinutes: 60,
    fires: [[blocked, '0x30']],
    quietAt: 23 * 60,
    at: 25 * 60,
    labels: certificate,
    healthy: [
      [
        [blocked, '0x30'],
        [notAfter, '900000x30'],
      ],
    ],
  },
  {
    alert: 'RenewdNotServed',
    fires: [[`renewd_certificate_served_matches{${shop}}`, '1x5 0x60']],
    quietAt: 20,
    at: 40,
    labels: certificate,
    healthy: [[[`renewd_certificate_served_matches{${shop}}`, '1x60']]],
  },
  {
    alert: 'RenewdCertificateRevoked',
    fires: [[`renewd_certificate_revoked{${shop}}`, '0x5 1x60']],
    quietAt: 3,
    at: 10,
    labels: certificate,
    healthy: [[[`renewd_certificate_revoked{${shop}}`, '0x60']]],
  },
  {
    alert: 'RenewdRevocationUnknown',
    fires: [[`renewd_certificate_revocation_answered_timestamp_seconds{${shop}}`, '-345000x40']],
    quietAt: 9,
    at: 30,
    labels: certificate,
    value: '4d 0h 20m 0s',
    healthy: [[[`renewd_certificate_revocation_answered_timestamp_seconds{${shop}}`, '0+60x40']]],
  },
  {
    alert: 'RenewdKeyCompromised',
    fires: [[`renewd_certificate_compromised_since_timestamp_seconds{${shop}}`, '0x130']],
    quietAt: 59,
    at: 70,
    labels: certificate,
    value: '1h 10m 0s',
    healthy: [[[`renewd_certificate_compromised_since_timestamp_seconds{${shop}}`, '3600x130']]],
  },
  {
    alert: 'RenewdNeedsPerson',
    fires: [[blocked, '0x5 1x60']],
    quietAt: 8,
    at: 15,
    labels: certificate,
    healthy: [[[blocked, '0x60']]],
  },
  {
    alert: 'RenewdWaitsForPerson',
    fires: [[waits, '0x200']],
    quietAt: 62,
    at: 70,
    labels: certificate,
    value: '1h 10m 0s',
    healthy: [[[waits, '3600x200']]],
  },
  {
    alert: 'RenewdOrderUnconfirmed',
    fires: [[`renewd_renewal_state{${shop},state="order-unconfirmed"}`, '1x100']],
    quietAt: 50,
    at: 70,
    labels: { ...certificate, state: 'order-unconfirmed' },
    healthy: [[[`renewd_renewal_state{${shop},state="awaiting-dcv"}`, '1x100']]],
  },
  {
    alert: 'RenewdRenewalStuck',
    // An eighth of the lead is 10 000 s.
    fires: [
      [begun, '0x200'],
      [notAfter, '80000x200'],
      [due, '0x200'],
    ],
    quietAt: 160,
    at: 190,
    labels: certificate,
    value: '3h 10m 0s',
    healthy: [
      [
        [begun, '0x200'],
        [notAfter, '80000x200'],
        [due, '0x200'],
        [blocked, '1x200'],
      ],
      [
        [begun, '0x200'],
        [notAfter, '80000x200'],
        [due, '0x200'],
        [waits, '0x200'],
      ],
      [
        [begun, '0x200'],
        [notAfter, '800000x200'],
        [due, '0x200'],
        [blocked, '0x200'],
      ],
    ],
  },
  {
    alert: 'RenewdRenewalStuck',
    // A first certificate.
    fires: [
      [begun, '-86000x40'],
      [blocked, '0x40'],
    ],
    quietAt: 20,
    at: 30,
    labels: certificate,
    value: '1d 0h 23m 20s',
    healthy: [
      [
        [begun, '-86000x40'],
        [blocked, '1x40'],
      ],
    ],
  },
  {
    alert: 'RenewdRenewalsFail',
    fires: [['renewd_renewals_total{outcome="failed"}', '0x5 1 2 3 4 5x60']],
    quietAt: 8,
    at: 30,
    labels: { outcome: 'failed' },
    value: '5',
    healthy: [
      [
        ['renewd_renewals_total{outcome="failed"}', '0x5 1 2x60'],
        ['renewd_renewals_total{outcome="served"}', '0x5 1+1x60'],
      ],
    ],
  },
  {
    alert: 'RenewdDeploymentsFail',
    fires: [['renewd_deployments_total{outcome="undone"}', '0x5 1 2 3x60']],
    quietAt: 7,
    at: 30,
    labels: { outcome: 'undone' },
    value: '3',
    healthy: [
      [
        ['renewd_deployments_total{outcome="undone"}', '0x5 1 2x60'],
        ['renewd_deployments_total{outcome="deployed"}', '0x5 1+1x60'],
      ],
    ],
  },
  {
    alert: 'RenewdProviderFailing',
    fires: [['renewd_provider_failing_since_timestamp_seconds{provider="cnr"}', '0x100']],
    quietAt: 29,
    at: 40,
    labels: { provider: 'cnr' },
    value: '40m 0s',
    healthy: [[['renewd_provider_failing_since_timestamp_seconds{provider="cnr"}', '1200x100']]],
  },
  {
    alert: 'RenewdSpendLimitNear',
    fires: [
      ['renewd_spend_orders{provider="cnr"}', '3x10 4x20'],
      ['renewd_spend_orders_limit{provider="cnr"}', '5x30'],
    ],
    quietAt: 5,
    at: 15,
    labels: { provider: 'cnr' },
    value: '80%',
    healthy: [
      [
        ['renewd_spend_orders{provider="cnr"}', '3x30'],
        ['renewd_spend_orders_limit{provider="cnr"}', '5x30'],
        ['renewd_spend_month{provider="cnr"}', '100x30'],
        ['renewd_spend_month_limit{provider="cnr"}', '500x30'],
      ],
      // No limit, and nobody near it.
      [['renewd_spend_orders{provider="cnr"}', '1000x30']],
    ],
  },
  {
    alert: 'RenewdSpendLimitNear',
    fires: [
      ['renewd_spend_month{provider="*"}', '100x10 450x20'],
      ['renewd_spend_month_limit{provider="*"}', '500x30'],
    ],
    quietAt: 5,
    at: 15,
    labels: { provider: '*' },
    value: '90%',
    healthy: [],
  },
];
