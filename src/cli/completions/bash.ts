/** Completions for bash 4 and newer, without the bash-completion package. */
import { globalOptions, shownCommands, type CommandHelp, type Offer, type OptionHelp } from '../commands.ts';

/** What fills COMPREPLY. Words are ours, without anything that a shell would expand. */
function offerLine(offer: Offer | undefined): string {
  if (offer === undefined) return ':';
  if (offer === 'file') return '_renewd_paths -f';
  if (offer === 'directory') return '_renewd_paths -d';
  return typeof offer === 'string' ? `_renewd_names ${offer}` : `_renewd_words '${offer.join(' ')}'`;
}

function flagsOf({ flag, short }: OptionHelp): readonly string[] {
  return short === undefined ? [`--${flag}`] : [`--${flag}`, `-${short}`];
}

function commandCase({ name, options, offers }: CommandHelp): string {
  const all = [...options, ...globalOptions];
  const valued = all.filter(({ type }) => type === 'string');
  return [
    `    ${name})`,
    '      case $prev in',
    ...valued.map(
      (option) => `        ${flagsOf(option).join(' | ')}) ${offerLine(option.offers)}; return ;;`,
    ),
    '      esac',
    `      if [[ $cur == -* ]]; then _renewd_words '${all.map(({ flag }) => `--${flag}`).join(' ')}'; return; fi`,
    `      ${offerLine(offers)}`,
    '      ;;',
  ].join('\n');
}

export function bashCompletions(): string {
  const names = shownCommands.map(({ name }) => name);
  const valued = [...new Set([...shownCommands.flatMap(({ options }) => options), ...globalOptions])].filter(
    ({ type }) => type === 'string',
  );
  return `# bash completions of renewd; made by "renewd completions bash".

_renewd_words() {
  local word
  for word in $1; do
    [[ $word == "$cur"* ]] && COMPREPLY+=("$word")
  done
}

_renewd_paths() {
  local path
  while IFS= read -r path; do
    COMPREPLY+=("$path")
  done < <(compgen "$1" -- "$cur")
  compopt -o filenames 2>/dev/null
}

_renewd_names() {
  local name
  while IFS= read -r name; do
    [[ $name == "$cur"* ]] && COMPREPLY+=("$name")
  done < <("\${COMP_WORDS[0]}" complete "$1" "\${config[@]}" 2>/dev/null)
}

_renewd() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev='' command='' word='' before=''
  local -i index
  local -a config=()
  COMPREPLY=()
  ((COMP_CWORD > 0)) && prev=\${COMP_WORDS[COMP_CWORD - 1]}
  # "--option=value" comes as three words.
  if [[ $cur == '=' ]]; then
    cur=''
  elif [[ $prev == '=' ]] && ((COMP_CWORD > 1)); then
    prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    [[ $word == '=' ]] && continue
    case $before in
      -c | --config) config=(-c "\${word/#\\~/$HOME}") ;;
      ${valued
        .filter(({ flag }) => flag !== 'config')
        .flatMap(flagsOf)
        .join(' | ')}) ;;
      *) [[ -z $command && $word != -* ]] && command=$word ;;
    esac
    before=$word
  done
  case $command in
    '')
      if [[ $cur == -* ]]; then _renewd_words '--help --version'; else _renewd_words '${[...names, 'help', 'version'].join(' ')}'; fi
      ;;
    help) _renewd_words '${names.join(' ')}' ;;
${shownCommands.map(commandCase).join('\n')}
  esac
}

complete -F _renewd renewd`;
}
