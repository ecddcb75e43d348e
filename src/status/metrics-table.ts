/** Every metric, with its type, meaning and labels. docs/metrics.md is generated from this table. */

export type MetricType = 'counter' | 'gauge' | 'histogram';

export interface MetricRow {
  readonly type: MetricType;
  readonly help: string;
  readonly labels: readonly string[];
}

function row(type: MetricType, labels: readonly string[], help: string): MetricRow {
  return { type, labels, help };
}

const byName = {
  renewd_build_info: row('gauge', ['version'], 'Always 1; the label says which version runs.'),
  renewd_config_valid: row(
    'gauge',
    [],
    'Whether the configuration files are valid (1) or were refused and an earlier state is in use (0).',
  ),
  renewd_config_last_reload_timestamp_seconds: row(
    'gauge',
    [],
    'When the configuration in use was loaded, in seconds since 1970.',
  ),
  renewd_last_pass_timestamp_seconds: row(
    'gauge',
    [],
    'When the last pass over all certificates ended, in seconds since 1970; the heartbeat of the daemon.',
  ),
  renewd_pass_duration_seconds: row('gauge', [], 'How long the last pass took.'),
  renewd_certificate_not_after_timestamp_seconds: row(
    'gauge',
    ['certificate'],
    'When the certificate on disk ends, in seconds since 1970; absent when there is none.',
  ),
  renewd_certificate_due_timestamp_seconds: row(
    'gauge',
    ['certificate'],
    'When the next renewal is due, in seconds since 1970.',
  ),
  renewd_certificate_slack_seconds: row(
    'gauge',
    ['certificate'],
    'Time left until the certificate on disk ends; negative when it has ended.',
  ),
  renewd_certificate_served_matches: row(
    'gauge',
    ['certificate'],
    'Whether all endpoints serve the certificate on disk (1) or not (0); absent before the first look.',
  ),
  renewd_certificate_revoked: row(
    'gauge',
    ['certificate'],
    'Whether the CA has revoked the certificate on disk (1) or says that it has not (0); absent while nobody has answered.',
  ),
  renewd_certificate_revocation_answered_timestamp_seconds: row(
    'gauge',
    ['certificate'],
    'When the CA last answered whether the certificate on disk is revoked, in seconds since 1970; absent before.',
  ),
  renewd_certificate_compromised_since_timestamp_seconds: row(
    'gauge',
    ['certificate'],
    'Since when a compromise of the key is being dealt with, in seconds since 1970; absent when nothing is left to do.',
  ),
  renewd_certificate_blocked: row(
    'gauge',
    ['certificate'],
    'Whether the certificate needs a person (1) or not (0), with a renewal under way or without.',
  ),
  renewd_renewal_waits_for_person_since_timestamp_seconds: row(
    'gauge',
    ['certificate'],
    'Since when the open order waits for somebody outside (an approval, a call), in seconds since 1970; absent when it does not.',
  ),
  renewd_renewal_state: row(
    'gauge',
    ['certificate', 'state'],
    'Always 1; the label says in which state the open renewal of the certificate is; absent without one.',
  ),
  renewd_renewals_open: row('gauge', [], 'Renewals that are not finished.'),
  renewd_renewals_total: row(
    'counter',
    ['outcome'],
    'Renewals that ended, by how: served, failed or superseded.',
  ),
  renewd_spend_orders: row(
    'gauge',
    ['provider'],
    'Paid orders within the last 24 hours, as the limit counts them; provider "*" is all together.',
  ),
  renewd_spend_orders_limit: row(
    'gauge',
    ['provider'],
    'Paid orders that are allowed within 24 hours; absent without a limit.',
  ),
  renewd_spend_month: row(
    'gauge',
    ['provider'],
    "Sum of the paid orders of this calendar month (UTC), in units of the account's currency.",
  ),
  renewd_spend_month_limit: row(
    'gauge',
    ['provider'],
    "Sum that is allowed in a calendar month, in units of the account's currency; absent without a limit.",
  ),
  renewd_orders_paid_total: row('counter', ['provider'], 'Orders placed that the provider charges for.'),
  renewd_notices_total: row(
    'counter',
    ['channel', 'level', 'outcome'],
    'Notices by channel, level (person, warning, urgent, expired, recovered) and outcome: sent or failed.',
  ),
  renewd_provider_requests_total: row(
    'counter',
    ['provider', 'command', 'outcome'],
    'Requests sent to a provider, by command and outcome.',
  ),
  renewd_provider_request_duration_seconds: row(
    'histogram',
    ['provider'],
    'How long requests to a provider took.',
  ),
} as const satisfies Readonly<Record<string, MetricRow>>;

export type MetricName = keyof typeof byName;

export const metricsTable: Readonly<Record<MetricName, MetricRow>> = byName;
