import type { Command, Option } from 'commander';
import { describeProgram } from '../../cli/program/describe-program.ts';
import { examples } from '../../cli/program/examples.ts';
import { fenced, inline } from './markdown.ts';

/** docs/cli.md: every command with its options. */
export function cliPage(): string {
  const program = describeProgram();
  return [
    '<!-- Made from the commands in cli/program/ by scripts/docs/: `UPDATE=1 npm test` writes it again. -->',
    '# Commands',
    [
      'Data goes to standard output, words go to standard error.',
      'The exit code is the same whatever the output format:',
    ].join('\n'),
    [
      '| exit code | meaning |',
      '|---|---|',
      '| 0 | The answer is yes: it compiles, there are no findings, nothing differs. |',
      '| 1 | The answer is no: there are findings, or the output differs. |',
      '| 2 | There is no answer: bad flags, unreadable input, no place to write. |',
    ].join('\n'),
    [
      'Output is coloured on a terminal.',
      '`NO_COLOR` turns colour off, `FORCE_COLOR` turns it on.',
      '`SMIC_DEBUG=1` shows the stack of an internal error, like `--debug`.',
    ].join('\n'),
    ...program.commands.flatMap((command) => [section(command), ...command.commands.map((below) => section(below, `${command.name()} `))]),
    '',
  ].join('\n\n').trimEnd().concat('\n');
}

/** `above`: the command that it stands below, and a space. */
function section(command: Command, above = ''): string {
  const options = command.options.filter(({ hidden }) => !hidden);
  const lines = examples[command.name()] ?? [];
  return [
    `${above === '' ? '##' : '###'} smic ${above}${command.name()}`,
    inline(command.description()),
    fenced(`smic ${above}${command.name()} ${command.usage()}`, 'sh'),
    ...(command.registeredArguments.some(({ description }) => description !== '') ? [argumentTable(command)] : []),
    ...(options.length > 0 ? [['| option | meaning |', '|---|---|', ...options.map(optionRow)].join('\n')] : []),
    ...(lines.length > 0 ? ['Examples:', fenced(lines.join('\n'), 'sh')] : []),
  ].join('\n\n');
}

function argumentTable(command: Command): string {
  return ['| argument | meaning |', '|---|---|', ...command.registeredArguments.map((argument) => `| \`${argument.name()}\` | ${inline(argument.description)} |`)].join('\n');
}

function optionRow(option: Option): string {
  const choices = option.argChoices === undefined ? '' : ` One of ${option.argChoices.map((choice) => `\`${choice}\``).join(', ')}.`;
  const preset = option.defaultValue === undefined || option.defaultValueDescription !== undefined ? '' : ` Default \`${String(option.defaultValue)}\`.`;
  return `| \`${option.flags.replaceAll('|', '\\|')}\` | ${inline(option.description)}.${choices}${preset} |`;
}
