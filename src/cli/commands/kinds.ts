/** How a command is described: the help, the completions, docs/cli.md and the manual page come from it. */

export interface OptionHelp {
  readonly flag: string;
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** Shown for options with a value: "FILE". */
  readonly value?: string;
  readonly help: string;
  /** May be given more than once; the values come joined by line feeds. */
  readonly several?: true;
  /** What a shell offers for the value. */
  readonly offers?: Offer;
}

/** A closed list, names of the configuration, or paths. */
export type Offer = readonly string[] | 'certificates' | 'providers' | 'channels' | 'file' | 'directory';

/** What one is after: the headings of `renewd help`. */
export const goals = [
  ['begin', 'Begin'],
  ['keep', 'Keep certificates valid'],
  ['look', 'Look, and decide nothing'],
  ['act', 'Act on one certificate'],
  ['reseller', 'Talk to resellers and people'],
  ['shell', 'In the shell'],
] as const;
export type Goal = (typeof goals)[number][0];

export interface CommandHelp {
  readonly name: string;
  readonly arguments: string;
  readonly summary: string;
  readonly detail: string;
  readonly options: readonly OptionHelp[];
  readonly examples: readonly string[];
  /** How many positional arguments it takes. */
  readonly positionals: readonly [number, number];
  readonly goal: Goal;
  /** What a shell offers for its arguments. */
  readonly offers?: Offer;
  /** For programs: neither help nor documentation show it. */
  readonly hidden?: true;
}

export const json: OptionHelp = { flag: 'json', type: 'boolean', help: 'print JSON for machines' };
