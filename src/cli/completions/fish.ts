/** Completions for fish 3 and newer. */
import { globalOptions, shownCommands, type CommandHelp, type Offer, type OptionHelp } from '../commands.ts';

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}

function offerOf(offer: Offer | undefined): string {
  if (offer === undefined) return '-f';
  if (offer === 'file') return '-F';
  if (offer === 'directory') return `-f -a '(__fish_complete_directories (commandline -ct))'`;
  return `-f -a ${quoted(typeof offer === 'string' ? `(__renewd_names ${offer})` : offer.join(' '))}`;
}

function optionLine(condition: string, { flag, short, type, help, offers }: OptionHelp): string {
  const name = `${short === undefined ? '' : `-s ${short} `}-l ${flag}`;
  const value = type === 'string' ? ` -r ${offerOf(offers)}` : '';
  return `complete -c renewd -n ${condition} ${name}${value} -d ${quoted(help)}`;
}

function commandLines({ name, options, offers }: CommandHelp): readonly string[] {
  const condition = `'__renewd_command ${name}'`;
  return [
    ...options.map((option) => optionLine(condition, option)),
    ...(offers === undefined ? [] : [`complete -c renewd -n ${condition} ${offerOf(offers)}`]),
  ];
}

export function fishCompletions(): string {
  const names = shownCommands.map(({ name }) => name);
  return [
    '# fish completions of renewd; made by "renewd completions fish".',
    '',
    '# The words before the cursor, without the program.',
    'function __renewd_command',
    '    set -l words (commandline -opc)',
    '    test (count $words) -gt 1; and contains -- $words[2] $argv',
    'end',
    '',
    'function __renewd_no_command',
    '    test (count (commandline -opc)) -eq 1',
    'end',
    '',
    'function __renewd_names',
    '    set -l words (commandline -opc)',
    '    set -l config',
    '    for at in (seq 2 (count $words))',
    '        if contains -- $words[$at] -c --config; and test $at -lt (count $words)',
    '            set config -c (string replace -r "^~" $HOME -- $words[(math $at + 1)])',
    "        else if string match -q -- '--config=*' $words[$at]",
    "            set config -c (string replace -- '--config=' '' $words[$at])",
    '        end',
    '    end',
    '    command $words[1] complete $argv[1] $config 2>/dev/null',
    'end',
    '',
    'complete -c renewd -f',
    ...shownCommands.map(
      ({ name, summary }) => `complete -c renewd -n __renewd_no_command -a ${name} -d ${quoted(summary)}`,
    ),
    "complete -c renewd -n __renewd_no_command -a help -d 'show the help of a command'",
    "complete -c renewd -n __renewd_no_command -a version -d 'print the version'",
    `complete -c renewd -n '__renewd_command help' -a ${quoted(names.join(' '))}`,
    ...globalOptions.map((option) => optionLine("'not __renewd_command help version'", option)),
    ...shownCommands.flatMap(commandLines),
  ].join('\n');
}
