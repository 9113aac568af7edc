import { askServers } from '../../server/rotation/ask-servers.ts';
import type { ServerAnswer } from '../../server/rotation/rotation-gates.ts';
import { readCaFolder } from '../../server/certificates/ca-folder.ts';
import { stageOf } from '../../server/certificates/ca-state.ts';
import { abortRotation, rotateRoot, type RotationProgress } from '../../server/rotation/rotate-root.ts';
import { createSystemClock } from '../../server/certificates/system-clock.ts';
import { newAuthority } from '../ca/new-authority.ts';
import { confirmations, liveConfirmations, reached, rotationPlan } from '../ca/rotation-words.ts';
import { withCaFailures } from '../ca/with-ca-failures.ts';
import { names } from '../../webhook/names.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import type { CaRotateFlags } from '../program/ca-flags.ts';
import { ask } from '../terminal/ask.ts';
import { printable } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `smic ca rotate`. Exit code 1: the rotation isn't complete. */
export async function caRotateCommand(terminal: Terminal, folder: string, flags: CaRotateFlags): Promise<ExitCode> {
  return withCaFailures(async () => {
    const stage = stageOf((await readCaFolder(folder)).state);
    if (flags.abort) {
      await abortRotation(folder);
      await terminal.err.write('The rotation is taken back: the new root is no longer trusted, and nothing was signed by it.\n');
      return exitCode.yes;
    }
    if (flags.resume && stage === 'none') {
      await terminal.err.write('No rotation is going on.\n');
      return exitCode.yes;
    }
    if (stage !== 'none' && flags.certificate !== undefined) {
      throw new Failure('a rotation to another root is going on', 'Carry it on without --certificate, or take it back with --abort.');
    }
    await terminal.out.write(rotationPlan(stage));
    if (flags.live) {
      const { withLiveServers } = await import('../ca/live-servers.ts');
      return withLiveServers(flags, terminal.err, (ask) => rotate(terminal, folder, flags, ask));
    }
    if (flags.server.length === 0) {
      await terminal.err.write('Nothing is changed: name the admin endpoint of every server of the mesh by --server to begin, or those in a cluster by --live.\n');
      return exitCode.yes;
    }
    return rotate(terminal, folder, flags, async () => askServers(flags.server));
  });
}

/** Seconds that the gates stay open before a step. A pod's certificate lives for an hour: by then each has another, and what came with it. */
const settling = { live: 3_600, named: 10 };

async function rotate(terminal: Terminal, folder: string, flags: CaRotateFlags, ask: () => Promise<readonly ServerAnswer[]>): Promise<ExitCode> {
  const { live = false } = flags;
  const result = await rotateRoot(folder, {
    clock: createSystemClock('foreground'),
    newAuthority: async () => newAuthority(flags),
    ask,
    settle: (flags.settle ?? (live ? settling.live : settling.named)) * 1000,
    confirm: async (stage) => flags.yes === true || confirmed(terminal, (live ? liveConfirmations : confirmations)[stage]),
    onProgress: progressPrinter(terminal, live ? carryOver(folder, flags) : ''),
  });
  if (result === 'done') {
    await terminal.err.write(`${reached.none}\n${live ? carryOver(folder, flags) : ''}`);
    return exitCode.yes;
  }
  const words = result === 'aborted' ? 'Somebody has taken the rotation back.' : 'Stopped; the same command carries it on from here.';
  await terminal.err.write(`${words}\n`);
  return exitCode.no;
}

/** What carries the folder into the cluster. */
function carryOver(folder: string, { installation }: CaRotateFlags): string {
  return `Carry it into the cluster: smic install --ca ${printable(folder)}${installation === names.namespace ? '' : ` -n ${installation}`}, with your other flags.\n`;
}

async function confirmed(terminal: Terminal, question: string): Promise<boolean> {
  const answer = await ask(terminal, question);
  if (answer === undefined) {
    await terminal.err.write(`${question}\nNobody can be asked here; --yes says yes.\n`);
  }
  return answer ?? false;
}

/** Prints each stage, and each state of a gate once. */
function progressPrinter({ err }: Terminal, advice: string): (progress: RotationProgress) => void {
  let last = '';
  return (progress) => {
    if (progress.what === 'stage') {
      // What an end means is told with the result.
      if (progress.stage !== 'none') {
        void err.write(`${progress.resumed ? 'Carried on: ' : ''}${reached[progress.stage]}\n${advice}`);
      }
      return;
    }
    const text = progress.result.lines.map((line) => `  ${printable(line)}\n`).join('');
    if (text !== last) {
      void err.write(text);
      last = text;
    }
  };
}
