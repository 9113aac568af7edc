import { type Command, Option } from 'commander';
import { labelSelector } from './kube-options.ts';

/** kubectl's `-o`, with those of its formats that the command has; the first is what is shown without it. */
export function outputOption(formats: readonly string[], more = ''): Option {
  return new Option('-o, --output <FORMAT>', `how to show it${more === '' ? '' : ` (${more})`}`).choices(formats).default(formats[0]);
}

/** kubectl's `-l`. */
export function addLabelOption(command: Command): Command {
  return command.addOption(new Option('-l, --selector <LABELS>', 'only those with these labels, as team=shop,stage!=test').argParser(labelSelector));
}
