/** Completions for zsh: a function for `fpath`, which can be sourced as well. */
import { globalOptions, shownCommands, type CommandHelp, type Offer, type OptionHelp } from '../commands.ts';

/** Inside single quotes, in the description of an option or a match. */
function description(text: string): string {
  return text
    .replaceAll("'", '’')
    .replaceAll('`', '')
    .replaceAll(/[[\]:\\]/g, String.raw`\$&`);
}

function action(offer: Offer | undefined): string {
  if (offer === undefined) return ' ';
  if (offer === 'file') return '_files';
  if (offer === 'directory') return '_files -/';
  return typeof offer === 'string' ? `_renewd_names ${offer}` : `(${offer.join(' ')})`;
}

function optionSpec({ flag, short, type, value = '', help, offers, several }: OptionHelp): string {
  const rest = type === 'string' ? `:${value.toLowerCase().replaceAll(':', ' ')}:${action(offers)}` : '';
  const text = `[${description(help)}]`;
  if (short === undefined)
    return `'${several === undefined ? '' : '*'}--${flag}${type === 'string' ? '=' : ''}${text}${rest}'`;
  return `'(-${short} --${flag})'{-${short},--${flag}}'${text}${rest}'`;
}

function commandCase({ name, options, offers, positionals, arguments: words }: CommandHelp): string {
  const [, most] = positionals;
  const label = description(words === '' ? 'argument' : words.toLowerCase());
  const argument = most === 0 ? [] : [`'${most === 1 ? '1' : '*'}:${label}:${action(offers)}'`];
  const specs = [...[...options, ...globalOptions].map(optionSpec), ...argument];
  return [
    `        (${name})`,
    '          _arguments -s \\',
    specs.map((spec) => `            ${spec}`).join(' \\\n'),
    '          ;;',
  ].join('\n');
}

export function zshCompletions(): string {
  const described = shownCommands.map(({ name, summary }) => `    '${name}:${description(summary)}'`);
  return `#compdef renewd
# zsh completions of renewd; made by "renewd completions zsh".

# The last argument is the kind; those before it are for compadd.
_renewd_names() {
  local -a names config
  local -i at
  for ((at = 1; at < $#words; at++)); do
    [[ $words[at] == (-c|--config) ]] && config=(-c \${~words[at + 1]})
    [[ $words[at] == --config=* ]] && config=(-c \${~words[at]#--config=})
  done
  names=(\${(f)"$(_call_program names \${(q)_renewd_program} complete $argv[-1] \${(@q)config} 2>/dev/null)"})
  compadd "\${@[1,-2]}" -a names
}

_renewd() {
  local curcontext=$curcontext state line _renewd_program=$words[1]
  typeset -A opt_args
  local -a commands=(
${described.join('\n')}
    'help:show the help of a command'
    'version:print the version'
  )
  _arguments -C '1: :->command' '*:: :->rest'
  case $state in
    (command) _describe -t commands command commands ;;
    (rest)
      case $line[1] in
        (help) _describe -t commands command commands ;;
${shownCommands.map(commandCase).join('\n')}
      esac
      ;;
  esac
}

if [[ $funcstack[1] == _renewd ]]; then
  _renewd "$@"
else
  compdef _renewd renewd
fi`;
}
