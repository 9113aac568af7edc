import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { programsVariable, type ProgramCall } from '../../../demo/pod/pod-process.ts';
import { type CalledProcess, startCalledProcess } from '../../../demo/rig/child.ts';
import { containerCommand, type ContainerSpec, execCommand, firstProcess, preparing } from './container.ts';

/** A container that has been started. */
export interface RunningContainer {
  /** Its exit code; a signal counts as 128 and more. */
  readonly ended: Promise<number>;
  readonly hasEnded: () => boolean;
  /** Runs a command in it; whether that ended with 0. */
  readonly exec: (command: readonly string[]) => Promise<boolean>;
  /** SIGTERM for its first process, and SIGKILL for all when that has not ended after so long, milliseconds. */
  readonly stop: (grace: number) => Promise<void>;
  /** Where it runs programs. */
  readonly programs: CalledProcess | undefined;
  readonly log: string;
}

export interface ContainerPlace {
  readonly netns: string;
  /** Of its own, empty. */
  readonly folder: string;
  /** Instead of the spec's command. @param command that runs the programs */
  readonly programs?: { readonly command: readonly string[]; readonly calls: readonly ProgramCall[] };
}

export async function startContainer(spec: ContainerSpec, { netns, folder, programs }: ContainerPlace): Promise<RunningContainer> {
  const root = join(folder, 'root');
  mkdirSync(root, { recursive: true });
  const log = join(folder, 'log');
  if (programs === undefined) {
    const file = openSync(log, 'a');
    const child = spawn('ip', ['netns', 'exec', netns, ...containerCommand(spec, root)], { stdio: ['ignore', file, file] });
    closeSync(file);
    const started = running(child, spec, log, undefined);
    await isPrepared(child, started);
    return started;
  }
  // The container's environment is the spec's alone: what Node and the programs need to know is put there.
  const environment = { ...spec.environment, [programsVariable]: JSON.stringify(programs.calls), NODE_CHANNEL_FD: '3' };
  const called = await startCalledProcess(netns, containerCommand({ ...spec, environment, command: programs.command }, root), programs.calls, log);
  return running(called.process, spec, log, called);
}

/** Waits until it runs what it is for, with its own files in place. */
async function isPrepared({ pid = 0 }: ChildProcess, { hasEnded }: RunningContainer): Promise<void> {
  while (!hasEnded()) {
    const first = firstProcess(pid);
    const command = first === undefined ? '' : commandOf(first);
    if (command !== '' && !command.includes(preparing)) return;
    await sleep(5);
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}

function running(child: ChildProcess, spec: ContainerSpec, log: string, programs: CalledProcess | undefined): RunningContainer {
  let code: number | undefined;
  const ended = once(child, 'exit').then(
    ([status]) => (code = (status as number | null) ?? 137),
    () => (code = 127),
  );
  return {
    ended,
    hasEnded: () => code !== undefined,
    exec: async (command) => {
      const pid = firstProcess(child.pid ?? 0);
      if (pid === undefined) return false;
      const [program = '', ...words] = execCommand(pid, { ...spec, command });
      const file = openSync(log, 'a');
      const inside = spawn(program, words, { stdio: ['ignore', file, file] });
      closeSync(file);
      const [status] = await once(inside, 'exit');
      return status === 0;
    },
    stop: async (grace) => {
      if (code !== undefined) return;
      const pid = firstProcess(child.pid ?? 0);
      if (pid === undefined) {
        child.kill('SIGKILL');
      } else {
        signal(pid, 'SIGTERM');
      }
      const timer = setTimeout(() => child.kill('SIGKILL'), grace);
      await ended;
      clearTimeout(timer);
    },
    programs,
    log,
  };
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}

/** The end of what a container has said. */
export function tailOf({ log }: RunningContainer): string {
  return readFileSync(log, 'utf8').slice(-2_000).trim();
}
