import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

/** The project's folder. */
export const root: string = join(import.meta.dirname, '..', '..');

/** What a run of the built command gave. */
export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How it is run. */
export interface Setting {
  readonly cwd?: string;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts `smic` as users do: the built command, in a process of its own, without a terminal. */
export function startSmic(args: readonly string[], { cwd = root, env = {} }: Setting = {}): ChildProcess {
  const { FORCE_COLOR: _force, NO_COLOR: _no, SMIC_DEBUG: _debug, ...inherited } = process.env;
  return spawn(process.execPath, [join(root, 'dist', 'bin', 'smic.js'), ...args], { cwd, env: { ...inherited, ...env }, stdio: 'pipe' });
}

/** Runs `smic` to its end. */
export async function runSmic(args: readonly string[], setting: Setting = {}): Promise<Result> {
  const child = startSmic(args, setting);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin?.on('error', () => {}); // It may end without reading.
  child.stdin?.end(setting.stdin ?? '');
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}
