import { createInterface } from 'node:readline/promises';
import type { Terminal } from './terminal.ts';

/** Asks a person yes or no; anything but yes is no. Undefined where there is no person: input or output is no terminal. */
export async function ask(terminal: Terminal, question: string): Promise<boolean | undefined> {
  if (!process.stdin.isTTY || !terminal.err.isTTY) {
    return undefined;
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
