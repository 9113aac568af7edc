import { changeState, parseAuthority, readCaFolder } from '../certificates/ca-folder.ts';
import { abort, type CaState, dropOld, type RotationStage, signWithNew, stageOf, trustAlso } from '../certificates/ca-state.ts';
import type { Clock } from '../certificates/issuer.ts';
import type { AuthorityFiles } from '../certificates/make-root.ts';
import { type Expected, type GateResult, replaceGate, type ServerAnswer, trustGate } from './rotation-gates.ts';

/** What a rotation needs from around it. */
export interface RotationNeeds {
  readonly clock: Clock;
  /** The new authority; asked for only where a rotation begins. */
  readonly newAuthority: () => Promise<AuthorityFiles>;
  /** Every server that uses the folder, or a copy of it. */
  readonly ask: () => Promise<readonly ServerAnswer[]>;
  /** An open gate must stay open for so long, in milliseconds: a proxy that was away for a moment comes back with what it has. */
  readonly settle: number;
  /** Whether to leave a stage whose gate is open, or (none) to begin. */
  readonly confirm: (stage: RotationStage) => Promise<boolean>;
  readonly onProgress: (progress: RotationProgress) => void;
}

export type RotationProgress =
  | { readonly what: 'stage'; readonly stage: RotationStage; readonly resumed: boolean }
  | { readonly what: 'gate'; readonly stage: 'trust' | 'replace'; readonly result: GateResult };

/** Milliseconds until every proxy that has lost its server is back at one: Envoy waits for 30 seconds at most between two attempts. */
const longestReturn = 60_000;
/** Milliseconds from one look at a gate to the next. */
const pause = 1_000;

/**
 * Rotates the root of a CA folder: trusts a new one, waits until every proxy does, lets it sign, waits until every leaf is of it, and
 * drops the old one. All that it knows stands in the folder, so after a crash at any point the next call goes on where this one was;
 * and where another call goes on at the same time, each step is still made once. Gives 'stopped' where `confirm` said no, and
 * 'aborted' where another has taken the rotation back. Rejects with a CertificateError where the folder can't be used.
 */
export async function rotateRoot(folder: string, needs: RotationNeeds): Promise<'done' | 'stopped' | 'aborted'> {
  const { confirm, onProgress } = needs;
  let stage = stageOf((await readCaFolder(folder)).state);
  onProgress({ what: 'stage', stage, resumed: stage !== 'none' });
  while (true) {
    if (stage !== 'none') {
      await passGate(folder, stage, needs);
    }
    if (!(await confirm(stage))) {
      return 'stopped';
    }
    const next = await step(folder, stage, needs);
    onProgress({ what: 'stage', stage: next, resumed: false });
    if (next === 'none') {
      return stage === 'replace' ? 'done' : 'aborted';
    }
    stage = next;
  }
}

/** Takes back a rotation whose new root hasn't signed yet. Rejects with a CertificateError where that's too late. */
export async function abortRotation(folder: string): Promise<void> {
  await changeState(folder, abort);
}

/** Makes the step that follows a stage, unless another has made it already. Gives the stage that it leads to. */
async function step(folder: string, from: RotationStage, { newAuthority }: RotationNeeds): Promise<RotationStage> {
  const added = from === 'none' ? await newAuthority() : undefined;
  const change = (state: CaState): CaState | undefined => {
    if (stageOf(state) !== from) {
      return undefined;
    }
    return added ? trustAlso(state, parseAuthority(added).id) : from === 'trust' ? signWithNew(state) : dropOld(state);
  };
  return stageOf(await changeState(folder, change, added));
}

async function passGate(folder: string, stage: 'trust' | 'replace', { ask, clock, settle, onProgress }: RotationNeeds): Promise<void> {
  let openSince: number | undefined;
  while (true) {
    const { state, trusted } = await readCaFolder(folder);
    if (stageOf(state) !== stage) {
      return;
    }
    const expected: Expected = { issuerId: state.signing, roots: [...new Set(trusted.map(({ rootId }) => rootId))], uptime: Math.min(3 * settle, longestReturn) };
    const result = (stage === 'trust' ? trustGate : replaceGate)(await ask(), expected);
    onProgress({ what: 'gate', stage, result });
    const now = clock.now();
    openSince = result.open ? (openSince ?? now) : undefined;
    if (openSince !== undefined && now - openSince >= settle) {
      return;
    }
    await new Promise<void>((resolve) => clock.at(now + pause, resolve));
  }
}
