import type { ResourceType } from '../../compiler/artifact/artifact.ts';
import type { ServedResource } from '../configuration/served-resource.ts';
import type { Offer } from './offer.ts';

/** Types of which a client may ask for all, and of which a state of the world lists all. */
export const wholeTypes: ReadonlySet<ResourceType> = new Set(['cluster', 'listener']);

/** What a client asks for of one type, and what of it has had no answer. */
export class Interest {
  /** An answer is due even if there is nothing to say. */
  owed = false;
  readonly #whole: boolean;
  #wildcard = false;
  /** A list of names once made an empty one mean "none". */
  #everNamed = false;
  readonly #names = new Set<string>();
  /** Names that had no answer. */
  readonly #wanted = new Set<string>();

  constructor(type: ResourceType) {
    this.#whole = wholeTypes.has(type);
  }

  get wildcard(): boolean {
    return this.#wildcard;
  }

  /** How many names it asks for. */
  get nameCount(): number {
    return this.#names.size;
  }

  get wanted(): ReadonlySet<string> {
    return this.#wanted;
  }

  /** The client waits. */
  get urgent(): boolean {
    return this.owed || this.#wanted.size > 0;
  }

  covers(name: string): boolean {
    return this.#wildcard || this.#names.has(name);
  }

  /** State of the world: these names instead of those before. `lost`: what isn't covered any more. */
  replace(requested: readonly string[], held: ReadonlyMap<string, string>): { readonly changed: boolean; readonly added: readonly string[]; readonly lost: readonly string[] } {
    const names = new Set(requested);
    this.#everNamed ||= names.size > 0;
    this.#setWildcard(this.#whole && (names.has('*') || !this.#everNamed));
    if (this.#whole) {
      names.delete('*');
    }
    const added = [...names].filter((name) => !this.#names.has(name));
    for (const name of added) {
      this.#names.add(name);
      if (!held.has(name)) {
        this.#wanted.add(name);
      }
    }
    const dropped = this.#names.size > names.size ? [...this.#names].filter((name) => !names.has(name)) : [];
    for (const name of dropped) {
      this.#names.delete(name);
      this.#wanted.delete(name);
    }
    return { changed: added.length + dropped.length > 0, added, lost: this.#wildcard ? [] : dropped };
  }

  /** Delta. `lost`: names that aren't covered any more; `unsure`: those that the wildcard may cover, which the client can't tell: it waits for an answer. */
  unsubscribe(requested: readonly string[]): { readonly lost: readonly string[]; readonly unsure: readonly string[] } {
    const lost: string[] = [];
    const unsure: string[] = [];
    for (const name of requested) {
      if (name === '*' && this.#whole) {
        this.#setWildcard(false);
      } else if (this.#names.delete(name)) {
        if (this.#wildcard) {
          unsure.push(name);
          this.#wanted.add(name);
        } else {
          lost.push(name);
        }
      }
    }
    return { lost, unsure };
  }

  /** Delta. Gives the names that it asks for; a `first` request without one asks for all. */
  subscribe(requested: readonly string[], first: boolean): readonly string[] {
    if (this.#whole && ((first && requested.length === 0) || requested.includes('*'))) {
      this.#setWildcard(true);
    }
    const names = this.#whole ? requested.filter((name) => name !== '*') : requested;
    for (const name of names) {
      this.#names.add(name);
      this.#wanted.add(name);
    }
    return names;
  }

  /** The client has its answer about a name. */
  answered(name: string): void {
    this.#wanted.delete(name);
  }

  /** What it asks for of what is on offer, sorted by name. */
  desired(offer: Offer): readonly ServedResource[] {
    const desired: ServedResource[] = [];
    for (const name of this.#names) {
      const resource = offer.get(name);
      if (resource) {
        desired.push(resource);
      }
    }
    if (this.#wildcard) {
      for (const resource of offer.all()) {
        if (!this.#names.has(resource.name)) {
          desired.push(resource);
        }
      }
    }
    return desired.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #setWildcard(wildcard: boolean): void {
    this.owed ||= wildcard && !this.#wildcard;
    this.#wildcard = wildcard;
  }
}
