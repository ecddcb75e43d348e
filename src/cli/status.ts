/** `renewd status [NAME]`: all certificates as a table, or one in detail. Asks nobody. */
import type { ManagedCertificate } from '../core/certificate.ts';
import { formatDuration } from '../core/durations.ts';
import { formatMoney } from '../core/money.ts';
import type { Renewal } from '../core/renewal.ts';
import { certificateStatus, renewalStatus } from '../renewal/status-view.ts';
import type { CertificateStatus } from '../status/source.ts';
import { stateWord } from '../status/state-word.ts';
import type { Command } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import type { Output } from './output.ts';
import { configurationOf, managedCertificate } from './shared.ts';
import { spendingLines } from './spending.ts';
import { printable, table } from './table.ts';

const day = (at: Date | null): string => (at === null ? '-' : at.toISOString().slice(0, 10));

/** To the minute, in UTC. */
const minute = (at: Date | null): string =>
  at === null ? '-' : `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** A wait for somebody outside is what the reader can do something about. */
function nextOf({ renewal, decision, compromise }: CertificateStatus): string {
  const byHand = compromise?.toRevoke.find(({ needsPerson }) => needsPerson)?.detail;
  if (byHand != null && decision.action === 'none') return byHand;
  if (renewal?.waitsFor == null) return decision.sentence;
  const { since, text } = renewal.waitsFor;
  return `waits for a person since ${since.toISOString().slice(0, 16).replace('T', ' ')}: ${text}`;
}

export function statusTable(rows: readonly CertificateStatus[], output: Output): readonly string[] {
  const cells = rows.map((row) => {
    const { word, style } = stateWord(row);
    return [
      { text: row.name },
      { text: word, paint: (text: string) => output.paint(style, text) },
      { text: day(row.notAfter) },
      { text: row.slackMs === null ? '-' : formatDuration(row.slackMs) },
      { text: day(row.dueAt) },
      { text: day(row.paidUntil) },
      { text: row.servedMatches === null ? '-' : row.servedMatches ? 'yes' : 'no' },
      { text: nextOf(row) },
    ];
  });
  return table(
    [
      { title: 'NAME', least: 12 },
      { title: 'STATE' },
      { title: 'NOT AFTER' },
      { title: 'LEFT', leaveOut: 2 },
      { title: 'DUE', leaveOut: 1 },
      { title: 'PAID UNTIL', leaveOut: 3 },
      { title: 'SERVED', leaveOut: 4 },
      { title: 'NEXT', least: 20, leaveOut: 5 },
    ],
    cells,
    output.columns,
  );
}

function revocationRows({
  revocation,
  compromise,
}: CertificateStatus): readonly (readonly [string, string])[] {
  const rows: (readonly [string, string])[] = [];
  if (revocation !== null) {
    const { status: word, reason, detail, checkedAt } = revocation;
    const why = reason === null ? '' : ` (${reason})`;
    rows.push(['revocation', `${word}${why}: ${detail}, looked up ${minute(checkedAt)}`]);
  }
  if (compromise !== null) {
    rows.push(['key', `compromised, said ${compromise.by} ${minute(compromise.since)}`]);
    for (const { serialHex, provider, needsPerson, detail } of compromise.toRevoke) {
      const who = needsPerson ? 'a person' : provider;
      rows.push(['to revoke', `${serialHex}, by ${who}${detail === null ? '' : `: ${detail}`}`]);
    }
  }
  return rows;
}

function servedText(
  { servedMatches, servedCheckedAt }: CertificateStatus,
  { deploy }: ManagedCertificate,
): string {
  if (deploy.every(({ probe }) => probe.length === 0))
    return 'not known: no endpoint to ask is configured (probe)';
  if (servedMatches === null) return 'not looked yet';
  return `${servedMatches ? 'as on disk' : 'something else'}, looked at ${minute(servedCheckedAt)}`;
}

function renewalRows(newest: Renewal | undefined): readonly (readonly [string, string])[] {
  if (newest === undefined) return [];
  const { action, state, sentence, createdAt, updatedAt, nextAt, orderId, certificateId, price, failure } =
    newest;
  const ids = [orderId, certificateId].filter((id) => id !== null).join(' / ');
  return [
    [
      'newest renewal',
      `${action}, ${state} since ${minute(updatedAt)}; begun ${minute(createdAt)}: ${sentence}`,
    ],
    ...(ids === '' ? [] : [['order', `${ids}${price === null ? '' : `, ${formatMoney(price)}`}`] as const]),
    ...(failure === null ? [] : [['failure', `${failure.message} [${failure.code}]`] as const]),
    ...(nextAt === null ? [] : [['looked at again', minute(nextAt)] as const]),
  ];
}

function showOne(
  status: CertificateStatus,
  managed: ManagedCertificate,
  newest: Renewal | undefined,
  output: Output,
): void {
  output.line(output.paint('bold', status.name));
  const rows: readonly (readonly [string, string])[] = [
    ['state', stateWord(status).word],
    ['names', status.names.join(', ')],
    ['provider', `${status.provider}, ${status.product}`],
    ['not after', minute(status.notAfter)],
    ['due', minute(status.dueAt)],
    ['order paid until', minute(status.paidUntil)],
    ['served', servedText(status, managed)],
    ...revocationRows(status),
    ...(status.renewal?.waitsFor == null
      ? []
      : [
          [
            'waits for',
            `a person since ${minute(status.renewal.waitsFor.since)}: ${status.renewal.waitsFor.text}`,
          ] as const,
        ]),
    ['next', `${status.decision.action} (${status.decision.reason}): ${status.decision.sentence}`],
    ...renewalRows(newest),
  ];
  for (const [label, text] of rows) output.line(`  ${label.padEnd(17)} ${printable(text)}`);
}

export const status: Command = async (context) => {
  const configuration = await configurationOf(context, { secrets: false });
  const [name] = context.names;
  if (name !== undefined) managedCertificate(configuration, name);
  const runtime = await context.composer.openRuntime(configuration, { quiet: true, begin: false });
  try {
    const entries = (await runtime.driver.assess(configuration)).filter(
      ({ managed }) => name === undefined || managed.name === name,
    );
    const now = context.clock.now();
    const rows = [];
    for (const entry of entries) {
      const [newest] = await runtime.store.renewalsOf(entry.managed.name, 1);
      rows.push({ status: certificateStatus(entry, newest, now), managed: entry.managed, newest });
    }
    const statuses = rows.map((row) => row.status);
    const [only] = rows;
    if (context.options['json'] === true) {
      const open = (await runtime.store.openRenewals()).map(renewalStatus);
      // The same form as /status.json of the daemon.
      const openRenewals = open.filter(({ certificate }) => name === undefined || certificate === name);
      const spending = await runtime.status.spending();
      context.output.json({ at: now, certificates: statuses, openRenewals, spending });
    } else if (name !== undefined && only !== undefined) {
      showOne(only.status, only.managed, only.newest, context.output);
    } else {
      for (const line of statusTable(statuses, context.output)) context.output.line(line);
      const spending = spendingLines(await runtime.status.spending());
      if (spending.length > 0) context.output.line();
      for (const line of spending) context.output.line(line);
    }
    return statuses.some((one) => one.decision.action === 'blocked') ? exitCodes.needsPerson : exitCodes.ok;
  } finally {
    await runtime.close();
  }
};
