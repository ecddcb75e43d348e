/** What systemd lets the unit do, where there is one. */
import type { Processes } from '../../contracts/platform.ts';
import { notesOn, type Finding } from '../finding.ts';

const unit = 'renewd.service';
const properties = [
  'LoadState',
  'ActiveState',
  'User',
  'WatchdogUSec',
  'ProtectSystem',
  'ReadWritePaths',
  'StateDirectory',
] as const;

/** "A=1\nB=2": values may hold "=". */
function parse(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf('=');
      return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()] as const];
    }),
  );
}

function isBelow(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => path === root || path.startsWith(root.endsWith('/') ? root : `${root}/`));
}

export interface UnitOptions {
  readonly processes: Pick<Processes, 'run'>;
  /** Everything that the daemon writes. */
  readonly writes: readonly string[];
  /** Who asks: permissions were judged for this user. */
  readonly userName: string;
}

/** Empty where there is no systemd or no such unit. */
export async function systemdFindings(
  { processes, writes, userName }: UnitOptions,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  let text: string;
  try {
    const shown = await processes.run(['systemctl', 'show', unit, `--property=${properties.join(',')}`], {
      timeoutMs: 5000,
      signal,
    });
    if (shown.exitCode !== 0) return [];
    text = shown.stdout;
  } catch {
    // No systemctl: no systemd.
    return [];
  }
  const facts = parse(text);
  const fact = (name: (typeof properties)[number]): string => facts.get(name) ?? '';
  if (fact('LoadState') !== 'loaded') return [];
  const note = notesOn('systemd', unit);
  const found: Finding[] = [];
  const active = fact('ActiveState');
  if (active === 'active' || active === 'activating' || active === 'reloading')
    found.push(note.ok(`is ${active}`));
  else
    found.push(
      note.warn(`is installed and ${active}`, {
        why: 'Nothing is renewed unless a timer runs `renewd once`.',
        fix: 'systemctl enable --now renewd',
      }),
    );
  const user = fact('User') || 'root';
  if (user !== userName)
    found.push(
      note.warn(`runs as ${user}, and permissions were judged for ${userName}`, {
        fix: `runuser -u ${user} -- renewd doctor`,
      }),
    );
  const watchdog = fact('WatchdogUSec');
  found.push(
    watchdog === '' || watchdog === '0' || watchdog === 'infinity'
      ? note.ok('without a watchdog: a stuck daemon is seen by /healthz and the metrics')
      : note.ok(`with a watchdog of ${watchdog}`),
  );
  const state = fact('StateDirectory')
    .split(/\s+/)
    .filter(Boolean)
    .map((name) => `/var/lib/${name}`);
  const writable = [
    ...fact('ReadWritePaths')
      .split(/\s+/)
      .map((path) => path.replace(/^[-+]+/, ''))
      .filter(Boolean),
    ...state,
  ];
  if (fact('ProtectSystem') === 'strict') {
    const outside = [...new Set(writes.filter((path) => !isBelow(path, writable)))];
    for (const path of outside.slice(0, 20)) {
      found.push(
        notesOn('systemd', path).fail(`${unit} may not write there: it is below none of its ReadWritePaths`, {
          why: 'For the daemon it is read-only, whatever the permissions say.',
          fix: `systemctl edit renewd: [Service] ReadWritePaths=-${path}; then systemctl restart renewd`,
        }),
      );
    }
    if (outside.length === 0) found.push(note.ok('may write to every directory of the configuration'));
  }
  return found;
}
