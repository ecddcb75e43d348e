/** The command line, parsed strictly: an unknown word is an error that names the nearest right one. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { RenewdError } from '../core/errors.ts';
import { nearest } from '../settings/suggest.ts';
import { commands, globalOptions, shownCommands, type CommandHelp } from './commands.ts';
import { colourWishes, type ColourWish } from './output.ts';

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
  if (word.startsWith('-')) throw usage(`options stand behind the command: renewd COMMAND ${word} …`);
  const near = nearest(
    word,
    shownCommands.map(({ name }) => name),
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
      {
        type,
        ...(short === undefined ? {} : { short }),
        ...(several === undefined ? {} : { multiple: several }),
      },
    ]),
  );
  let parsed;
  try {
    parsed = parseArgs({ args: rest, options, allowPositionals: true, strict: true });
  } catch (thrown) {
    const wrong = /'(--?[^' ,]+)/.exec(thrown instanceof Error ? thrown.message : '')?.[1] ?? '';
    const flag = known.find(({ flag: one, short }) => wrong === `--${one}` || wrong === `-${short ?? ''}`);
    if (flag !== undefined) {
      const what = flag.type === 'string' ? 'needs a value' : 'takes no value';
      throw usage(`renewd ${command.name}: ${wrong} ${what}`);
    }
    const near = nearest(
      wrong.replace(/^-+/, ''),
      known.map(({ flag }) => flag),
    );
    const hint = near === undefined ? '' : `; did you mean "--${near}"?`;
    throw usage(`renewd ${command.name} does not know "${wrong}"${hint}`);
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
  const wish = invocation.options['color'];
  if (wish !== undefined && !isWish(String(wish)))
    throw usage(`--color takes ${colourWishes.join(', ')}, not "${String(wish)}"`);
  const [fewest, most] = command.positionals;
  if (parsed.positionals.length < fewest) throw usage(`renewd ${command.name} needs ${command.arguments}`);
  if (parsed.positionals.length > most) {
    throw usage(`renewd ${command.name} does not take "${parsed.positionals[most] ?? ''}"`);
  }
  return invocation;
}

function isWish(text: string | undefined): text is ColourWish {
  return colourWishes.some((one) => one === text);
}

/** Read before everything else, because errors of the command line are printed, too; the last one counts. */
export function colourWish(argv: readonly string[]): ColourWish {
  const values = argv.flatMap((word, index) => {
    if (word.startsWith('--color=')) return [word.slice('--color='.length)];
    return word === '--color' ? [argv[index + 1]] : [];
  });
  const last = values.at(-1);
  return isWish(last) ? last : 'auto';
}
