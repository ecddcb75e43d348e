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
  renewd_start_timestamp_seconds: row('gauge', [], 'When the process started, in seconds since 1970.'),
  renewd_clock_timestamp_seconds: row(
    'gauge',
    [],
    'What the clock of the daemon says at the scrape, in seconds since 1970; far from the time of the scrape: one of the two clocks is wrong.',
  ),
  renewd_last_pass_timestamp_seconds: row(
    'gauge',
    [],
    'When the last pass over all certificates ended, in seconds since 1970; the heartbeat of the daemon.',
  ),
  renewd_last_pass_age_limit_seconds: row(
    'gauge',
    [],
    'A last pass older than this means that the loop is stuck: two intervals of the schedule and five minutes, as for /healthz.',
  ),
  renewd_pass_duration_seconds: row('gauge', [], 'How long the last pass took.'),
  renewd_passes_total: row(
    'counter',
    ['outcome'],
    'Passes of the loop, by how they ended: made (over all certificates), or failed (of any kind).',
  ),
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
  renewd_renewal_begun_timestamp_seconds: row(
    'gauge',
    ['certificate'],
    'When the open renewal of the certificate began, in seconds since 1970; absent without one.',
  ),
  renewd_renewals_open: row('gauge', [], 'Renewals that are not finished.'),
  renewd_renewals_total: row(
    'counter',
    ['outcome'],
    'Renewals that ended, by how: served, failed or superseded.',
  ),
  renewd_deployments_total: row(
    'counter',
    ['outcome'],
    'Sets put in place with the reload done (deployed), and attempts that were taken back: writing, reloading or serving failed (undone).',
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
  renewd_listener_refused_total: row(
    'counter',
    ['reason'],
    'Requests to the status listener that were refused: a wrong token, or a name (host) that is not its own.',
  ),
  renewd_provider_requests_total: row(
    'counter',
    ['provider', 'command', 'outcome'],
    'Requests sent to a provider, by command and outcome: ok, a code of docs/errors.md, a kind of error, or what came instead of an answer.',
  ),
  renewd_provider_failing_since_timestamp_seconds: row(
    'gauge',
    ['provider'],
    'Since when no request to the provider was answered properly (no answer, one that is not understood, login or rate refused), in seconds since 1970; absent when the last one was, and after the configuration was loaded anew.',
  ),
  renewd_provider_request_duration_seconds: row(
    'histogram',
    ['provider'],
    'How long requests to a provider took.',
  ),
} as const satisfies Readonly<Record<string, MetricRow>>;

export type MetricName = keyof typeof byName;

export const metricsTable: Readonly<Record<MetricName, MetricRow>> = byName;
