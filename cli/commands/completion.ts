import { bashCompletion } from '../completion/bash.ts';
import { commandWords } from '../completion/command-words.ts';
import { fishCompletion } from '../completion/fish.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { describeProgram } from '../program/describe-program.ts';
import type { Terminal } from '../terminal/terminal.ts';

const shells = new Map([
  ['bash', bashCompletion],
  ['zsh', zshCompletion],
  ['fish', fishCompletion],
]);

/** `smic completion SHELL`. */
export async function completionCommand(terminal: Terminal, shell: string): Promise<ExitCode> {
  const script = shells.get(shell);
  if (!script) {
    throw new Failure(`there is no completion for ${JSON.stringify(shell)}`, `The shells are ${[...shells.keys()].join(', ')}.`);
  }
  await terminal.out.write(script(commandWords(describeProgram())));
  return exitCode.yes;
}
