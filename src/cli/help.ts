/** Help that teaches: from the table of commands, folded to the terminal. */
import {
  exitCodeHelp,
  globalOptions,
  goals,
  shownCommands,
  type CommandHelp,
  type OptionHelp,
} from './commands.ts';
import { pad, widthOf } from './width.ts';

/** Wider lines read badly; where nobody looks at a screen it is this, too. */
const widthMax = 100;

function folded(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const next = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(next) > room) {
      lines.push(line);
      line = word;
    } else line = next;
  }
  return [...lines, line];
}

/** Left and right, the right one folded beside itself, or below where there is no room for both. */
function pair(left: string, right: string, leftWidth: number, columns: number): readonly string[] {
  const room = Math.min(columns, widthMax) - leftWidth - 2;
  if (room < 30)
    return [`  ${left}`, ...folded(right, Math.max(20, columns - 6)).map((line) => `      ${line}`)];
  const [first = '', ...more] = folded(right, room);
  const head =
    widthOf(left) + 2 > leftWidth
      ? [`  ${left}`, `  ${pad('', leftWidth)}${first}`]
      : [`  ${pad(left, leftWidth)}${first}`];
  return [...head, ...more.map((line) => `  ${pad('', leftWidth)}${line}`)];
}

function optionLines(option: OptionHelp, columns: number): readonly string[] {
  const { flag, short, value, help, several } = option;
  const left = `${short === undefined ? '    ' : `-${short}, `}--${flag}${value === undefined ? '' : ` ${value}`}`;
  return pair(left, several === undefined ? help : `${help} (may be repeated)`, 26, columns);
}

export function generalHelp(columns = widthMax): string {
  const commandLines = goals.flatMap(([goal, heading]) => [
    '',
    `${heading}:`,
    ...shownCommands
      .filter((command) => command.goal === goal)
      .flatMap(({ name, summary }) => pair(name, summary, 14, columns)),
  ]);
  return [
    ...folded('renewd keeps every certificate of a YAML inventory valid, deployed and served.', columns),
    '',
    'Usage: renewd COMMAND [options]',
    '',
    'First steps:',
    ...pair('1. renewd quickstart', 'see it work, against simulated resellers', 26, columns),
    ...pair('2. renewd init', 'write a configuration from the certificates you have', 26, columns),
    ...pair('3. renewd doctor', 'is everything there; then renewd plan, and renewd run', 26, columns),
    ...commandLines,
    '',
    'Options of every command:',
    ...globalOptions.flatMap((option) => optionLines(option, columns)),
    '',
    'Exit codes:',
    ...exitCodeHelp.flatMap(([code, meaning]) => pair(String(code), meaning, 4, columns)),
    '',
    ...folded('renewd help COMMAND says what a command does, with examples.', columns),
  ].join('\n');
}

export function commandHelp(command: CommandHelp, columns = widthMax): string {
  const room = Math.min(columns, widthMax);
  return [
    `Usage: renewd ${command.name}${command.arguments === '' ? '' : ` ${command.arguments}`} [options]`,
    '',
    ...folded(command.detail, room),
    '',
    'Options:',
    ...[...command.options, ...globalOptions].flatMap((option) => optionLines(option, columns)),
    '',
    'Examples:',
    ...command.examples.map((example) => `  ${example}`),
  ].join('\n');
}
