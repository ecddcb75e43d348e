/** docs/cli.md: every command, from the table that also makes `renewd help`. */
import {
  exitCodeHelp,
  globalOptions,
  goals,
  shownCommands,
  type OptionHelp,
} from '../../src/cli/commands.ts';
import { code, madeFrom, markdownTable } from './table.ts';

function optionRow({ flag, short, value, help, several }: OptionHelp): readonly string[] {
  const word = `--${flag}${value === undefined ? '' : ` ${value}`}`;
  return [
    short === undefined ? code(word) : `${code(word)}, ${code(`-${short}`)}`,
    help + (several === undefined ? '' : '; may be repeated'),
  ];
}

export function cliPage(): string {
  const parts = [
    '# Commands',
    '',
    madeFrom('src/cli/commands.ts'),
    '',
    'In a checkout, `npm run --silent renewd -- COMMAND` stands for `renewd COMMAND`. `renewd help COMMAND` shows what is below,',
    '`renewd --version` the version.',
    '',
    markdownTable(
      ['to', 'command', 'what it does'],
      goals.flatMap(([goal, heading]) =>
        shownCommands
          .filter((command) => command.goal === goal)
          .map(({ name, arguments: words, summary }, index) => [
            index === 0 ? heading.toLowerCase() : '',
            code(words === '' ? `renewd ${name}` : `renewd ${name} ${words}`),
            summary,
          ]),
      ),
    ),
    '',
    '## Options of every command',
    '',
    markdownTable(['option', 'meaning'], globalOptions.map(optionRow)),
    '',
    '## Exit codes',
    '',
    markdownTable(
      ['code', 'meaning'],
      exitCodeHelp.map(([number, meaning]) => [String(number), meaning]),
    ),
    '',
    '`run`, `sandbox` and `quickstart` end in good order at the first SIGINT or SIGTERM, and at once at the second, with 130 or 143.',
  ];
  for (const { name, arguments: words, detail, options, examples } of shownCommands) {
    parts.push('', `## ${words === '' ? name : `${name} ${words}`}`, '', detail);
    if (options.length > 0) parts.push('', markdownTable(['option', 'meaning'], options.map(optionRow)));
    parts.push('', '```console', ...examples.map((example) => `$ ${example}`), '```');
  }
  return `${parts.join('\n')}\n`;
}
