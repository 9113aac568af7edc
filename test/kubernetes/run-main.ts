import { runMain } from '../../cli/run-main.ts';
import type { Output } from '../../cli/terminal/terminal.ts';

/** What a command gave. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in this process, without a terminal. */
export async function runCommand(...args: readonly string[]): Promise<Ran> {
  const texts = { out: '', err: '' };
  const output = (name: 'out' | 'err'): Output => ({
    isTTY: false,
    color: false,
    write: async (text) => {
      texts[name] += typeof text === 'string' ? text : Buffer.from(text).toString();
    },
  });
  const code = await runMain(args, { out: output('out'), err: output('err') });
  return { code, stdout: texts.out, stderr: texts.err };
}
