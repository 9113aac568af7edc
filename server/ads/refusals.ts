import type { LoadedSource } from '../../compiler/artifact/loaded-artifact.ts';
import type { ServedResource } from '../configuration/served-resource.ts';
import { namedIn } from './blame.ts';
import type { Offer } from './offer.ts';

/** The last refusal, as long as something that was refused is still wanted. */
export interface Refused {
  readonly reason: string;
  readonly sources: readonly LoadedSource[];
}

/** What a client has refused of one type. */
export class Refusals {
  #last: Refused | undefined;
  /** By name: what was refused. Never sent again. */
  readonly #rejected = new Map<string, ServedResource>();
  /** One of these was refused, but not which: they are sent one at a time. */
  readonly #suspects = new Set<string>();

  get last(): Refused | undefined {
    return this.#last;
  }

  /** By name: what was refused. */
  get rejected(): ReadonlyMap<string, ServedResource> {
    return this.#rejected;
  }

  /** Something that was refused is still wanted. */
  get any(): boolean {
    return this.#rejected.size > 0 || this.#suspects.size > 0;
  }

  /** Whether just this was refused. */
  has({ name, version }: ServedResource): boolean {
    return this.#rejected.get(name)?.version === version;
  }

  /** Takes a refusal of what was sent for a reason, as the client words it. Gives what is to blame: all where that can't be told. */
  refuse(sent: readonly ServedResource[], reason: string): readonly ServedResource[] {
    const names = sent.map(({ name }) => name);
    const named = new Set(sent.length === 1 ? names : namedIn(reason, names));
    const blamed = sent.filter(({ name }) => named.has(name));
    for (const resource of blamed) {
      this.#rejected.set(resource.name, resource);
      this.#suspects.delete(resource.name);
    }
    if (blamed.length === 0) {
      names.forEach((name) => this.#suspects.add(name));
    }
    const faulty = blamed.length > 0 ? blamed : sent;
    // Also those that were found out one by one.
    const all = new Set([...this.#rejected.values(), ...faulty]);
    this.#last = { reason, sources: [...all].flatMap(({ sources }) => sources) };
    return faulty;
  }

  /** What was sent was fine. `taken`: what of it the client still has. */
  accept(sent: readonly ServedResource[], taken: readonly ServedResource[]): void {
    sent.forEach(({ name }) => this.#suspects.delete(name));
    taken.forEach(({ name }) => this.#rejected.delete(name));
    this.#settle();
  }

  /** What is on offer changes: what replaces something refused is tried. */
  change(after: Offer): void {
    for (const [name, { version }] of this.#rejected) {
      if (after.get(name)?.version !== version) {
        this.#rejected.delete(name);
      }
    }
    this.#suspects.clear();
    this.#settle();
  }

  /** The client asks for it once more. */
  retry(name: string): void {
    this.#rejected.delete(name);
  }

  forget(name: string): void {
    this.#rejected.delete(name);
    this.#suspects.delete(name);
    this.#settle();
  }

  /** All that isn't suspect, else the first of the suspects. */
  unsuspected(due: readonly ServedResource[]): readonly ServedResource[] {
    const clear = due.filter(({ name }) => !this.#suspects.has(name));
    return clear.length > 0 ? clear : due.slice(0, this.#suspects.size > 0 ? 1 : undefined);
  }

  #settle(): void {
    if (!this.any) {
      this.#last = undefined;
    }
  }
}
