/** Help that teaches: from the table of commands. */
import { commands, exitCodeHelp, globalOptions, type CommandHelp, type OptionHelp } from './commands.ts';

function optionLine({ flag, short, value, help }: OptionHelp): string {
  const left = `${short === undefined ? '    ' : `-${short}, `}--${flag}${value === undefined ? '' : ` ${value}`}`;
  return `  ${left.padEnd(28)}${help}`;
}

export function generalHelp(): string {
  return [
    'renewd keeps every certificate of a YAML inventory valid, deployed and served.',
    '',
    'Usage: renewd COMMAND [options]',
    '',
    'Commands:',
    ...commands.map(({ name, arguments: words, summary }) => `  ${`${name} ${words}`.padEnd(20)}${summary}`),
    '',
    'Options of every command:',
    ...globalOptions.map(optionLine),
    '',
    'Exit codes:',
    ...exitCodeHelp.map(([code, meaning]) => `  ${String(code).padEnd(4)}${meaning}`),
    '',
    'First steps:  renewd quickstart        see it work, against simulated resellers',
    '              renewd help COMMAND      what a command does, with examples',
  ].join('\n');
}

export function commandHelp(command: CommandHelp): string {
  return [
    `Usage: renewd ${command.name}${command.arguments === '' ? '' : ` ${command.arguments}`} [options]`,
    '',
    command.detail,
    '',
    'Options:',
    ...[...command.options, ...globalOptions].map(optionLine),
    '',
    'Examples:',
    ...command.examples.map((example) => `  ${example}`),
  ].join('\n');
}
