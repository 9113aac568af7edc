import type { CertificateStatus } from '../secrets/certificate-status.ts';

/** What one server says of its proxies. `server`: its URL or its pod. */
export type ServerAnswer =
  /** `uptime`: milliseconds since it was started. */
  | { readonly server: string; readonly status: CertificateStatus; readonly uptime: number }
  /** Why there is no answer. */
  | { readonly server: string; readonly status: Error };

/** Whether a rotation may go on. */
export interface GateResult {
  readonly open: boolean;
  /** How far it is, and what it waits for: a line for each server. */
  readonly lines: readonly string[];
}

/** What every server must have read from the CA folder: which roots are trusted (SHA-256 of their DER), and which CA signs. */
export interface Expected {
  readonly roots: readonly string[];
  readonly issuerId: string;
  /** Milliseconds that it must have been there: those whom a server before it served are on their way to it. */
  readonly uptime: number;
}

/** The new root may sign once every server hands out both roots and every proxy has acknowledged them. */
export function trustGate(answers: readonly ServerAnswer[], expected: Expected): GateResult {
  return gate(answers, expected, ({ streams, trustAcknowledged }) => ({ done: trustAcknowledged, of: streams, words: 'proxies have acknowledged both roots' }));
}

/** The old root may go once every proxy has acknowledged a leaf of the new one. */
export function replaceGate(answers: readonly ServerAnswer[], expected: Expected): GateResult {
  return gate(answers, expected, ({ streams, certificateAcknowledged }) => ({ done: certificateAcknowledged, of: streams, words: 'proxies have acknowledged a certificate of the new root' }));
}

interface Count {
  readonly done: number;
  readonly of: number;
  readonly words: string;
}

function gate(answers: readonly ServerAnswer[], expected: Expected, count: (status: CertificateStatus) => Count): GateResult {
  const results = answers.map((answer) => one(answer, expected, count));
  // Without a server there is nobody who could say that it's safe.
  return { open: results.length > 0 && results.every(({ open }) => open), lines: results.map(({ line }) => line) };
}

function one(answer: ServerAnswer, expected: Expected, count: (status: CertificateStatus) => Count): { readonly open: boolean; readonly line: string } {
  const { server } = answer;
  if (!('uptime' in answer)) {
    return { open: false, line: `${server}: ${answer.status.message}` };
  }
  const { status } = answer;
  if (status.issuerId !== expected.issuerId || status.trustedRoots.join() !== expected.roots.join()) {
    return { open: false, line: `${server}: has not read this stage from its CA folder yet` };
  }
  const { done, of, words } = count(status);
  const waiting = done < of && status.waitingFor.length > 0 ? `; waits for ${status.waitingFor.slice(0, 3).join(', ')}${status.waitingFor.length > 3 ? ', …' : ''}` : '';
  if (answer.uptime < expected.uptime) {
    return { open: false, line: `${server}: ${done} of ${of} ${words}, but it has been there for ${Math.floor(answer.uptime / 1000)} seconds only: others may be on their way to it` };
  }
  return { open: done === of, line: `${server}: ${done} of ${of} ${words}${waiting}` };
}
