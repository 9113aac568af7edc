import type { ServedResource } from '../configuration/served-resource.ts';
import type { Offer } from './offer.ts';

/** What a client holds of one type. */
export class Holdings {
  /** It came back with a version that isn't the present one: it holds something, but what isn't known. */
  unknown = false;
  readonly #listsAll: boolean;
  /** Name → version. */
  readonly #held = new Map<string, string>();
  /** What the client holds where a newer one is on its way or was refused: a state of the world must list it on. */
  readonly #lastGood = new Map<string, ServedResource>();

  /** @param listsAll what isn't listed in a response is deleted */
  constructor(listsAll: boolean) {
    this.#listsAll = listsAll;
  }

  /** Name → version. */
  get held(): ReadonlyMap<string, string> {
    return this.#held;
  }

  /** Whether it has just this. */
  has({ name, version }: ServedResource): boolean {
    return this.#held.get(name) === version;
  }

  /** It says itself that it has it. */
  claim(name: string, version: string): void {
    this.#held.set(name, version);
  }

  /** It has accepted what it was sent. */
  accept(resources: readonly ServedResource[]): void {
    this.unknown = false;
    for (const resource of resources) {
      this.#held.set(resource.name, resource.version);
      if (this.#listsAll) {
        // It may have changed since: the plan that follows knows.
        this.#lastGood.set(resource.name, resource);
      }
    }
  }

  forget(name: string): void {
    this.#held.delete(name);
    this.#lastGood.delete(name);
  }

  /** What is on offer changes: what is replaced there is kept as long as the client has it. */
  keep(before: Offer, after: Offer): void {
    for (const [name, version] of this.#listsAll ? this.#held : []) {
      const old = before.get(name);
      if (old?.version === version && after.get(name)?.version !== version) {
        this.#lastGood.set(name, old);
      }
    }
  }

  /** Nothing need be kept of what the client has as it should be. */
  release(desired: readonly ServedResource[]): void {
    desired.filter((resource) => this.has(resource)).forEach(({ name }) => this.#lastGood.delete(name));
  }

  /** What to list where this can't be: the last that was accepted, since left out it would be deleted. Where that isn't known, this stands for it. */
  insteadOf(resource: ServedResource): ServedResource | undefined {
    return this.#lastGood.get(resource.name) ?? (this.unknown ? resource : undefined);
  }
}
