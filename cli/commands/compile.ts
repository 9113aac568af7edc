import { compileOnce } from '../compile/compile-once.ts';
import { refuseFlags } from '../compile/refuse-flags.ts';
import type { ExitCode } from '../exit-code.ts';
import type { CompileFlags } from '../program/flags.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `smic compile`. */
export async function compileCommand(terminal: Terminal, paths: readonly string[], flags: CompileFlags): Promise<ExitCode> {
  refuseFlags(paths, flags);
  if (flags.watch) {
    const { watchCompile } = await import('../watch/watch-compile.ts');
    return watchCompile(terminal, paths, flags);
  }
  return (await compileOnce(terminal, paths, flags)).code;
}
