/** docs/metrics.md: every metric, from the table in the code. */
import { metricsTable } from '../../src/status/metrics-table.ts';
import { code, madeFrom, markdownTable } from './table.ts';

export function metricsPage(): string {
  const rows = Object.entries(metricsTable).map(([name, { type, labels, help }]) => [
    code(name),
    type,
    labels.map(code).join(', '),
    help,
  ]);
  return [
    '# Metrics',
    '',
    madeFrom('src/status/metrics-table.ts'),
    '',
    'Read from `/metrics` of the address in `listen`, in the Prometheus text format. Alert rules and how to read them:',
    '[monitoring.md](monitoring.md).',
    '',
    'Units are seconds; moments are seconds since 1970. Counters and histograms begin at 0 with the process. Everything about',
    'certificates is taken from the state at the moment of the scrape. Values of labels come from the configuration (`certificate`,',
    '`provider`) or from closed sets (`state`, `outcome`, `command`); never from the text of an error.',
    '',
    markdownTable(['metric', 'type', 'labels', 'meaning'], rows),
    '',
  ].join('\n');
}
