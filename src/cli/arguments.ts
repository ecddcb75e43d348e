/** The command line, parsed strictly: an unknown word is an error that names the nearest right one. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { RenewdError } from '../core/errors.ts';
import { nearest } from '../settings/suggest.ts';
import { commands, globalOptions, type CommandHelp } from './commands.ts';

export interface Invocation {
  readonly command: CommandHelp;
  readonly names: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
}

function usage(message: string): RenewdError {
  return new RenewdError('usage', message);
}

/** Throws RenewdError `usage`. */
export function findCommand(word: string): CommandHelp {
  const command = commands.find(({ name }) => name === word);
  if (command !== undefined) return command;
  const near = nearest(
    word,
    commands.map(({ name }) => name),
  );
  throw usage(`there is no command "${word}"${near === undefined ? '' : `; did you mean "${near}"?`}`);
}

/** Throws RenewdError `usage`. */
export function parseCommandLine(argv: readonly string[]): Invocation {
  const [word = '', ...rest] = argv;
  const command = findCommand(word);
  const known = [...command.options, ...globalOptions];
  const options: NonNullable<ParseArgsConfig['options']> = Object.fromEntries(
    known.map(({ flag, type, short, several }) => [
      flag,
      { type, ...(short === undefined ? {} : { short }), ...(several === undefined ? {} : { multiple: several }) },
    ]),
  );
  let parsed;
  try {
    parsed = parseArgs({ args: rest, options, allowPositionals: true, strict: true });
  } catch (thrown) {
    const wrong = /'(--?[^' ]+)/.exec(thrown instanceof Error ? thrown.message : '')?.[1] ?? '';
    const near = nearest(
      wrong.replace(/^-+/, ''),
      known.map(({ flag }) => flag),
    );
    const hint = near === undefined ? '' : `; did you mean "--${near}"?`;
    throw usage(`renewd ${command.name} does not know "${wrong}", or lacks its value${hint}`);
  }
  const given = Object.entries(parsed.values).flatMap(([flag, value]) =>
    Array.isArray(value)
      ? [[flag, value.join('\n')] as const]
      : value === undefined
        ? []
        : [[flag, value] as const],
  );
  const invocation = { command, names: parsed.positionals, options: Object.fromEntries(given) };
  // Who asks for help need not know the rest yet.
  if (invocation.options['help'] === true) return invocation;
  const [fewest, most] = command.positionals;
  if (parsed.positionals.length < fewest) throw usage(`renewd ${command.name} needs ${command.arguments}`);
  if (parsed.positionals.length > most) {
    throw usage(`renewd ${command.name} does not take "${parsed.positionals[most] ?? ''}"`);
  }
  return invocation;
}
