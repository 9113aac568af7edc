import type { CommandWords, OptionWords } from './command-words.ts';

/** A completion script for bash (4 or newer). */
export function bashCompletion(commands: readonly CommandWords[]): string {
  return `# bash completion for smic: source <(smic completion bash)
_smic() {
  local current previous command
  current=\${COMP_WORDS[COMP_CWORD]}
  previous=\${COMP_WORDS[COMP_CWORD-1]}
  command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')} help --help' -- "$current"))
    return
  fi
  case "$command" in
${commands.map(commandCase).join('\n')}
    help) COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')}' -- "$current")) ;;
  esac
}
complete -o filenames -F _smic smic
`;
}

function commandCase({ name, options, values, takesPaths }: CommandWords): string {
  const cases = options.filter(({ value }) => value !== undefined).map(valueCase);
  const words = options.flatMap(({ flags }) => flags).join(' ');
  const rest = takesPaths ? 'COMPREPLY=($(compgen -f -- "$current"))' : `COMPREPLY=($(compgen -W '${values.join(' ')}' -- "$current"))`;
  return [
    `    ${name})`,
    ...(cases.length > 0 ? ['      case "$previous" in', ...cases, '      esac'] : []),
    '      if [[ $current == -* ]]; then',
    `        COMPREPLY=($(compgen -W '${words}' -- "$current"))`,
    '      else',
    `        ${rest}`,
    '      fi ;;',
  ].join('\n');
}

function valueCase({ flags, value }: OptionWords): string {
  const reply = {
    choice: `COMPREPLY=($(compgen -W '${value?.choices.join(' ') ?? ''}' -- "$current"))`,
    folder: 'COMPREPLY=($(compgen -d -- "$current"))',
    file: 'COMPREPLY=($(compgen -f -- "$current"))',
    other: 'COMPREPLY=()',
  }[value?.kind ?? 'other'];
  return `        ${flags.join('|')}) ${reply}; return ;;`;
}
