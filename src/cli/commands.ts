/** Every command, as data: the help, the shell's usage errors, completions, docs/cli.md and the manual page come from here. */
import { act } from './commands/act.ts';
import { begin } from './commands/begin.ts';
import { keep } from './commands/keep.ts';
import { look } from './commands/look.ts';
import { reseller } from './commands/reseller.ts';
import { shell } from './commands/shell.ts';
import type { CommandHelp, OptionHelp } from './commands/kinds.ts';

export { goals, type CommandHelp, type Goal, type Offer, type OptionHelp } from './commands/kinds.ts';

export const globalOptions: readonly OptionHelp[] = [
  {
    flag: 'config',
    short: 'c',
    type: 'string',
    value: 'FILE',
    help: 'configuration file (default: $RENEWD_CONFIG, else /etc/renewd/renewd.yaml)',
    offers: 'file',
  },
  {
    flag: 'color',
    type: 'string',
    value: 'WHEN',
    help: 'auto (default: on a terminal, not with $NO_COLOR, with $FORCE_COLOR), always or never',
    offers: ['auto', 'always', 'never'],
  },
  { flag: 'help', short: 'h', type: 'boolean', help: 'show the help of a command' },
];

export const commands: readonly CommandHelp[] = [...begin, ...keep, ...look, ...act, ...reseller, ...shell];

/** What people are told of. */
export const shownCommands: readonly CommandHelp[] = commands.filter(({ hidden }) => hidden === undefined);

export const exitCodeHelp: readonly (readonly [number, string])[] = [
  [0, 'nothing to do, or done'],
  [1, 'failed'],
  [2, 'wrong usage'],
  [10, 'certificates were renewed or deployed'],
  [11, 'something needs a person'],
];
