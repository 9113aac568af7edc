import { type CaContent, readCaFolder } from './ca-folder.ts';
import { type CaState, printState } from './ca-state.ts';
import { certifyKey, issueLeaf } from './issue-leaf.ts';
import type { Certifier, Clock, Issuer } from './issuer.ts';
import { createLimit } from './limit.ts';
import { watchFolder } from './watch-folder.ts';

/** How many leaves are made at once: more than the pool's threads have work with, and few enough that other users of the pool get in between. */
const inFlight = 8;

/** The issuer that lives in a CA folder, and follows what `smic ca` does to it. */
export interface InternalCa extends Issuer, Certifier {
  /** What the folder said when it was last read. */
  state(): CaState;
  /** Reads the folder now. Rejects with a CertificateError where it's broken; what was read before stays in use then. */
  reload(): Promise<void>;
  /** Stops watching the folder. */
  close(): void;
}

export interface InternalCaOptions {
  /** Hears, once for each reason, that a folder that has changed can't be used. It's read again soon; what was read before stays in use. */
  readonly onProblem?: (error: unknown) => void;
}

/** Opens a CA folder that `smic ca init` has made. Rejects with a CertificateError where it can't be used. */
export async function openInternalCA(folder: string, clock: Clock, { onProblem = () => {} }: InternalCaOptions = {}): Promise<InternalCa> {
  let content: CaContent = await readCaFolder(folder);
  let bundle = trustBundleOf(content);
  const listeners = new Set<() => void>();
  const limited = createLimit(inFlight);

  const reload = async (): Promise<void> => {
    const fresh = await readCaFolder(folder);
    const changed = printState(fresh.state) !== printState(content.state);
    content = fresh;
    bundle = trustBundleOf(fresh);
    if (changed) {
      for (const listener of listeners) {
        listener();
      }
    }
  };
  let problem = '';
  const close = watchFolder(folder, async () => {
    try {
      await reload();
      problem = '';
    } catch (error) {
      const words = String(error);
      if (words !== problem) {
        problem = words;
        onProblem(error);
      }
      throw error;
    }
  });

  return {
    // The authority is taken when the turn comes, not when the queue was entered.
    issue: (request) => limited(() => issueLeaf(content.signing, content.state.leafKeys, request, clock.now())),
    certify: (key, request) => limited(() => certifyKey(content.signing, key, request, clock.now())),
    trustBundle: () => bundle,
    issuerId: () => content.signing.id,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    state: () => content.state,
    reload,
    close,
  };
}

/** PEM of every root that a CA folder trusts. */
export function trustBundleOf({ trusted }: CaContent): string {
  // Two intermediates of one root may follow each other.
  return [...new Set(trusted.map(({ root }) => root))].join('');
}
