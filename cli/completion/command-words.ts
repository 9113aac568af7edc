import type { Command, Option } from 'commander';

/** What a shell completes after a command. */
export interface CommandWords {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionWords[];
  /** Values of the first argument, where it has a fixed set. */
  readonly values: readonly string[];
  /** The arguments are paths. */
  readonly takesPaths: boolean;
}

export interface OptionWords {
  /** `-o`, `--output` */
  readonly flags: readonly string[];
  readonly description: string;
  /** What the value may be; empty: anything. Undefined: the option takes no value. */
  readonly value: { readonly choices: readonly string[]; readonly kind: 'choice' | 'folder' | 'file' | 'other' } | undefined;
}

/** What the help calls a file or folder. */
const pathNames = new Set(['PATH', 'ARTIFACT', 'DIR']);

/** The words of every command of `program`, in its order. */
export function commandWords(program: Command): readonly CommandWords[] {
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    options: [...optionsOf(command).map(optionWords), { flags: ['-h', '--help'], description: 'show help', value: undefined }],
    values: command.name() === 'completion' ? ['bash', 'zsh', 'fish'] : command.commands.map((below) => below.name()),
    takesPaths: command.registeredArguments.some((argument) => pathNames.has(argument.name())),
  }));
}

/** Its own options, and those of the commands below it, each once. */
function optionsOf(command: Command): readonly Option[] {
  const all = [command, ...command.commands].flatMap(({ options }) => options).filter(({ hidden }) => !hidden);
  return all.filter((option, index) => all.findIndex(({ long }) => long === option.long) === index);
}

function optionWords(option: Option): OptionWords {
  const flags = [option.short, option.long].filter((flag) => flag !== undefined);
  return { flags, description: option.description, value: option.required || option.optional ? optionValue(option) : undefined };
}

function optionValue(option: Option): NonNullable<OptionWords['value']> {
  if (option.argChoices !== undefined) {
    return { choices: option.argChoices, kind: 'choice' };
  }
  const name = /<([^>]*)>/.exec(option.flags)?.[1];
  return { choices: [], kind: name === 'DIR' ? 'folder' : name === 'PATH' || name === 'FILE' ? 'file' : 'other' };
}
