import { CertificateError } from './certificate-error.ts';
import { type KeyType, keyTypes } from './key-type.ts';

/** What `ca.json` of a CA folder says. Authorities are named by their id (SHA-256 of the DER of the certificate that signs). */
export interface CaState {
  /** Kind of the keys of leaves. */
  readonly leafKeys: KeyType;
  /** The authority that signs. */
  readonly signing: string;
  /** The authorities whose roots are trusted: one, or two while a rotation goes on, the old one first. */
  readonly trusted: readonly string[];
}

/** How far a rotation of the root is. It follows from the state, so there is nothing that can disagree. */
export type RotationStage =
  /** No rotation. */
  | 'none'
  /** The new root is trusted and the old one signs: until every proxy has acknowledged that. */
  | 'trust'
  /** The new root signs and the old one is still trusted: until every leaf has been replaced. */
  | 'replace';

export function stageOf({ signing, trusted }: CaState): RotationStage {
  return trusted.length < 2 ? 'none' : signing === trusted[0] ? 'trust' : 'replace';
}

/** The first step: the new authority is trusted too. Throws a CertificateError while another rotation goes on, and for an authority that's there. */
export function trustAlso(state: CaState, id: string): CaState {
  expectStage(state, 'none');
  if (state.trusted.includes(id)) {
    throw new CertificateError('this is the CA that signs already');
  }
  return { ...state, trusted: [...state.trusted, id] };
}

/** The second step: the new authority signs. */
export function signWithNew(state: CaState): CaState {
  expectStage(state, 'trust');
  return { ...state, signing: state.trusted[1] ?? state.signing };
}

/** The last step: the old authority is no longer trusted. */
export function dropOld(state: CaState): CaState {
  expectStage(state, 'replace');
  return { ...state, trusted: [state.signing] };
}

/** Takes back the first step. Once the new authority has signed there are leaves that need it, and the way is forward only. */
export function abort(state: CaState): CaState {
  if (stageOf(state) === 'replace') {
    throw new CertificateError('the new root signs already: the rotation can no longer be aborted', 'Let it end; another one can bring in another root.');
  }
  expectStage(state, 'trust');
  return { ...state, trusted: [state.signing] };
}

function expectStage(state: CaState, expected: RotationStage): void {
  const stage = stageOf(state);
  if (stage !== expected) {
    throw new CertificateError(stage === 'none' ? 'no rotation is going on' : `a rotation is at its stage "${stage}"`);
  }
}

const format = 'smic-ca/1';

/** `ca.json` for a state. */
export function printState(state: CaState): string {
  return `${JSON.stringify({ format, leafKeys: state.leafKeys, signing: state.signing, trusted: state.trusted }, null, 2)}\n`;
}

/** A state from `ca.json`. Throws a CertificateError for anything that printState doesn't write. */
export function parseState(text: string): CaState {
  const broken = new CertificateError('ca.json is not what smic writes', 'Restore it from a copy; it is written by smic ca only.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw broken;
  }
  if (typeof value !== 'object' || value === null) {
    throw broken;
  }
  const { format: found, leafKeys, signing, trusted } = value as Readonly<Record<string, unknown>>;
  if (typeof found === 'string' && found !== format) {
    throw new CertificateError(`ca.json is of the format ${JSON.stringify(found)}; this smic knows ${format}`);
  }
  const keyType = keyTypes.find((known) => known === leafKeys);
  const ids = Array.isArray(trusted) ? trusted.filter(isId) : [];
  const complete = Array.isArray(trusted) && ids.length === trusted.length && (ids.length === 1 || (ids.length === 2 && ids[0] !== ids[1]));
  if (found !== format || keyType === undefined || !isId(signing) || !complete || !ids.includes(signing)) {
    throw broken;
  }
  return { leafKeys: keyType, signing, trusted: ids };
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}
