import type { CommandWords, OptionWords } from './command-words.ts';

/** A completion script for fish. */
export function fishCompletion(commands: readonly CommandWords[]): string {
  return [
    '# fish completion for smic: smic completion fish > ~/.config/fish/completions/smic.fish',
    'complete -c smic -f',
    ...commands.map(({ name, summary }) => `complete -c smic -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`),
    "complete -c smic -n __fish_use_subcommand -a help -d 'show the help of a command'",
    `complete -c smic -n '__fish_seen_subcommand_from help' -a ${quote(commands.map(({ name }) => name).join(' '))}`,
    ...commands.flatMap(commandLines),
    '',
  ].join('\n');
}

function commandLines({ name, options, values, takesPaths }: CommandWords): readonly string[] {
  const when = `complete -c smic -n '__fish_seen_subcommand_from ${name}'`;
  return [
    ...options.map((option) => `${when} ${optionWords(option)}`),
    ...(values.length > 0 ? [`${when} -a ${quote(values.join(' '))}`] : []),
    ...(takesPaths ? [`${when} -F`] : []),
  ];
}

function optionWords({ flags, description, value }: OptionWords): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(' ');
  const takes = value === undefined ? '' : { choice: ` -x -a ${quote(value.choices.join(' '))}`, folder: " -x -a '(__fish_complete_directories)'", file: ' -r -F', other: ' -x' }[value.kind];
  return `${names}${takes} -d ${quote(description)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
