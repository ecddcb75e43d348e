/** `renewd status [NAME]`: all certificates as a table, or one in detail. Asks nobody. */
import { formatDuration } from '../core/durations.ts';
import { certificateStatus, renewalStatus } from '../renewal/status-view.ts';
import type { CertificateStatus } from '../status/source.ts';
import { stateWord } from '../status/state-word.ts';
import type { CliContext, Command } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import type { Output } from './output.ts';
import { configurationOf, managedCertificate } from './shared.ts';
import { spendingLines } from './spending.ts';
import { summary } from './summary.ts';
import { table } from './table.ts';

const day = (at: Date | null): string => (at === null ? '-' : at.toISOString().slice(0, 10));

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
    rows.push(['revocation', `${word}${why}: ${detail}, looked up ${checkedAt.toISOString()}`]);
  }
  if (compromise !== null) {
    rows.push(['key', `compromised, said ${compromise.by} ${compromise.since.toISOString()}`]);
    for (const { serialHex, provider, needsPerson, detail } of compromise.toRevoke) {
      const who = needsPerson ? 'a person' : provider;
      rows.push(['to revoke', `${serialHex}, by ${who}${detail === null ? '' : `: ${detail}`}`]);
    }
  }
  return rows;
}

async function showOne(status: CertificateStatus, context: CliContext, details: object): Promise<void> {
  const { output } = context;
  output.line(output.paint('bold', status.name));
  const rows: readonly (readonly [string, string])[] = [
    ['state', stateWord(status).word],
    ['names', status.names.join(', ')],
    ['provider', `${status.provider}, ${status.product}`],
    ['not after', status.notAfter?.toISOString() ?? '-'],
    ['due', status.dueAt?.toISOString() ?? '-'],
    ['order paid until', status.paidUntil?.toISOString() ?? '-'],
    [
      'served',
      status.servedMatches === null
        ? 'not looked yet'
        : status.servedMatches
          ? 'as on disk'
          : 'something else',
    ],
    ...revocationRows(status),
    ...(status.renewal?.waitsFor == null
      ? []
      : [
          [
            'waits for',
            `a person since ${status.renewal.waitsFor.since.toISOString()}: ${status.renewal.waitsFor.text}`,
          ] as const,
        ]),
    ['next', `${status.decision.action} (${status.decision.reason}): ${status.decision.sentence}`],
    ...Object.entries(details).map(([key, value]) => [key, String(value)] as const),
  ];
  for (const [label, text] of rows) output.line(`  ${label.padEnd(17)} ${text}`);
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
      rows.push({ status: certificateStatus(entry, newest, now), newest });
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
      const renewal =
        only.newest === undefined ? {} : { 'newest renewal': JSON.stringify(summary(only.newest)) };
      await showOne(only.status, context, renewal);
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
