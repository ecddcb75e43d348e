/** Commands for the shell. */
import type { CommandHelp } from './kinds.ts';

export const shell: readonly CommandHelp[] = [
  {
    name: 'completions',
    arguments: 'bash|zsh|fish',
    summary: 'print the completions of a shell',
    detail:
      'Commands and options are completed from what this version knows, names of certificates, providers and channels by asking `renewd` itself.',
    options: [],
    examples: [
      'renewd completions bash > /etc/bash_completion.d/renewd',
      'renewd completions zsh > /usr/local/share/zsh/site-functions/_renewd',
      'renewd completions fish > /etc/fish/completions/renewd.fish',
    ],
    positionals: [1, 1],
    goal: 'shell',
    offers: ['bash', 'zsh', 'fish'],
  },
  {
    name: 'complete',
    arguments: 'certificates|providers|channels',
    summary: 'print the names of one kind, for completions',
    detail: 'One to a line; nothing where the configuration cannot be read.',
    options: [],
    examples: ['renewd complete certificates'],
    positionals: [1, 1],
    goal: 'shell',
    offers: ['certificates', 'providers', 'channels'],
    hidden: true,
  },
];
