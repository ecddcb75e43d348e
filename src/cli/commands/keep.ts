/** Commands that keep certificates valid, and what they need. */
import { json, type CommandHelp } from './kinds.ts';

export const keep: readonly CommandHelp[] = [
  {
    name: 'run',
    arguments: '',
    summary: 'the daemon: keep every certificate valid, deployed and served',
    detail:
      'Runs until SIGTERM. SIGHUP, or a change of a configuration file, reloads it; a broken file is refused and the last good one stays. The first SIGTERM or Ctrl-C finishes what must not be cut, the second ends at once.',
    options: [],
    examples: ['renewd run -c /etc/renewd/renewd.yaml'],
    positionals: [0, 0],
    goal: 'keep',
  },
  {
    name: 'once',
    arguments: '',
    summary: 'one pass, followed until nothing more can be done now; for timers and CI',
    detail:
      'Does everything that is due and waits for short waits (default: up to 10 minutes). What must wait longer is stored and taken up by the next run. Exit code 10: something changed; 11: something needs a person.',
    options: [
      json,
      {
        flag: 'wait',
        type: 'string',
        value: 'DURATION',
        help: 'how long to stay with renewals under way (default 10m)',
      },
    ],
    examples: ['renewd once', 'renewd once --wait 2m --json'],
    positionals: [0, 0],
    goal: 'keep',
  },
  {
    name: 'backup',
    arguments: 'DIRECTORY',
    summary: 'copy store and keys to a directory, also while the daemon runs',
    detail:
      'DIRECTORY must not exist; it has its name only once the backup is whole and synced. Configuration and secrets are not in it. The keys are: guard it like them.',
    options: [json],
    examples: ['renewd backup /var/backups/renewd-2026-11-22'],
    positionals: [1, 1],
    goal: 'keep',
    offers: 'directory',
  },
  {
    name: 'restore',
    arguments: 'DIRECTORY',
    summary: 'put a backup where the configuration has store and keys',
    detail:
      'Checks every file against the backup first, and refuses where a store is. A renewal that was under way when the backup was made goes on where it was.',
    options: [json],
    examples: ['renewd restore /var/backups/renewd-2026-11-22'],
    positionals: [1, 1],
    goal: 'keep',
    offers: 'directory',
  },
];
