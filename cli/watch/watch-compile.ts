import { compileOnce } from '../compile/compile-once.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { inputPaths } from '../input/input-paths.ts';
import type { CompileFlags } from '../program/flags.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { createWatcher } from './create-watcher.ts';

/** `smic compile --watch`: compiles, and again at each change, until SIGINT or SIGTERM. An edit that breaks the input leaves the output as it was. */
export async function watchCompile(terminal: Terminal, paths: readonly string[], flags: CompileFlags): Promise<ExitCode> {
  const outputs = [flags.out, flags.bundle].filter((path) => path !== undefined);
  const watcher = createWatcher(inputPaths(paths, flags), outputs);
  const stop = (): void => watcher.close();
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    // What is wrong from the start with the flags or the output won't be put right by an edit of the input.
    await compileOnce(terminal, paths, flags);
    while (await watcher.next()) {
      try {
        await compileOnce(terminal, paths, flags);
      } catch (error) {
        if (!(error instanceof Failure)) {
          throw error;
        }
        await terminal.err.write(`error: ${error.message}\n`);
      }
    }
    return exitCode.yes;
  } finally {
    watcher.close();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
