import { type Command, InvalidArgumentError, Option } from 'commander';

/** kubectl's `-o`, with those of its formats that the command has; the first is what is shown without it. */
export function outputOption(formats: readonly string[], more = ''): Option {
  return new Option('-o, --output <FORMAT>', `how to show it${more === '' ? '' : ` (${more})`}`).choices(formats).default(formats[0]);
}

/** kubectl's `-l`. */
export function addLabelOption(command: Command): Command {
  return command.addOption(new Option('-l, --selector <LABELS>', 'only those with these labels, as team=shop,stage!=test').argParser(labelSelector));
}

/** Only what would be refused by any server; the rest is judged there. */
function labelSelector(value: string): string {
  if (!/^[-\w./ ,=!()]+$/.test(value)) {
    throw new InvalidArgumentError("It is not a label selector, as app=web,tier!=cache or 'app in (web, api)'.");
  }
  return value;
}
