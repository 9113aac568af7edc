import { exitCode, type ExitCode } from '../exit-code.ts';
import type { Compilation } from './run-compiler.ts';

/** The exit code for a compilation with errors: input that couldn't be read, and faults of smic's own (SMIC9xxx), answer nothing. */
export function errorExitCode({ unreadable, diagnostics }: Compilation): ExitCode {
  return unreadable || diagnostics.some(({ code, level }) => level === 'error' && code.startsWith('SMIC9')) ? exitCode.unknown : exitCode.no;
}
