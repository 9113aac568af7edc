import type { CommandWords, OptionWords } from './command-words.ts';

/** A completion script for zsh, to be saved as `_smic` in a folder of `$fpath`. */
export function zshCompletion(commands: readonly CommandWords[]): string {
  return `#compdef smic
# zsh completion for smic: smic completion zsh > "\${fpath[1]}/_smic"
_smic() {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`).join('\n')}
    'help:show the help of a command'
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case "$command" in
${commands.map(commandCase).join('\n')}
    help) _describe 'command' commands ;;
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _smic "$@"
else
  compdef _smic smic
fi
`;
}

function commandCase({ name, options, values, takesPaths }: CommandWords): string {
  const rest = takesPaths ? ["'*:path:_files'"] : values.length > 0 ? [`'1:value:(${values.join(' ')})'`] : [];
  const specs = [...options.map(optionSpec), ...rest];
  return [`    ${name})`, `      _arguments ${specs.join(' \\\n        ')} ;;`].join('\n');
}

function optionSpec({ flags, description, value }: OptionWords): string {
  const text = description.replace(/[[\]:\\]/g, '\\$&');
  const action = value === undefined ? '' : `:value:${{ choice: `(${value.choices.join(' ')})`, folder: '_files -/', file: '_files', other: ' ' }[value.kind]}`;
  // Options may be given again: zsh would otherwise stop offering those that are repeatable.
  const spec = quote(`[${text}]${action}`);
  return flags.length === 1 ? `'*'${flags[0]}${spec}` : `'*'{${flags.join(',')}}${spec}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
