import type { ResourceType } from '../../compiler/artifact/artifact.ts';
import type { LoadedSource } from '../../compiler/artifact/loaded-artifact.ts';
import type { ServedResource } from '../configuration/served-resource.ts';
import { namedIn } from './blame.ts';
import { setVersion } from './set-version.ts';
import type { DeltaRequest, SotwRequest } from './wire/discovery-request.ts';

/** What a stream may have of one type now. */
export interface Offer {
  get(name: string): ServedResource | undefined;
  all(): Iterable<ServedResource>;
  /** Whether a resource that isn't there may still come: nothing is said of it. */
  awaited(name: string): boolean;
  /** false: what is on offer isn't known yet. */
  readonly ready: boolean;
}

/** A response that the client hasn't answered. */
interface InFlight {
  readonly nonce: string;
  /** What it brings that the client doesn't hold. */
  readonly changed: readonly ServedResource[];
  /** Of a clock that doesn't go back, milliseconds. */
  readonly sentAt: number;
  /** When the change came in that it is about; undefined: the client asked. */
  readonly changedAt: number | undefined;
  /** Whether it left this process. */
  flushed: boolean;
}

/** What is to be sent. */
export interface Plan {
  readonly resources: readonly ServedResource[];
  readonly changed: readonly ServedResource[];
  readonly removed: readonly string[];
  readonly version: string;
}

/** What a request says of the response that it answers. */
export type Answer =
  | { readonly kind: 'none' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'ack'; readonly response: InFlight }
  | { readonly kind: 'nack'; readonly response: InFlight; readonly reason: string; readonly blamed: readonly ServedResource[] };

/** The last refusal, as long as something that was refused is still wanted. */
export interface Refused {
  readonly reason: string;
  readonly sources: readonly LoadedSource[];
}

/** Types of which a client may ask for all, and of which a state of the world lists all. */
const wholeTypes: ReadonlySet<ResourceType> = new Set(['cluster', 'listener']);

/**
 * One type of resource on one stream: what the client asked for, holds and refused. At most one response is in flight; what
 * changes meanwhile is sent as it stands when that is answered.
 */
export class Subscription {
  readonly type: ResourceType;
  readonly mode: 'sotw' | 'delta';
  /** Whether the client ever asked. */
  asked = false;
  /** Something may have to be sent. */
  dirty = false;
  inFlight: InFlight | undefined;
  refused: Refused | undefined;
  /** Milliseconds since 1970 of the last answer. */
  answeredAt: number | undefined;
  /** When the change came in that is still to be sent. */
  changedAt: number | undefined;

  #wildcard = false;
  /** A list of names once made an empty one mean "none". */
  #everNamed = false;
  /** It came back with a version that isn't the present one: it holds something, but what isn't known. */
  #holdsUnknown = false;
  /** State of the world: the version that it came with, until it is looked at. */
  #claimed: string | undefined;
  /** An answer is due even if there is nothing to say. */
  #owes = false;
  #nonces = 0;
  readonly #names = new Set<string>();
  /** Name → version. */
  readonly #held = new Map<string, string>();
  /** By name: what was refused. Never sent again. */
  readonly #rejected = new Map<string, ServedResource>();
  /** One of these was refused, but not which: they are sent one at a time. */
  readonly #suspects = new Set<string>();
  /** Names that the client asked for and has had no answer to. */
  readonly #wanted = new Set<string>();
  /** To be sent although the client holds them. */
  readonly #again = new Set<string>();
  /** To be sent when the client asks for the same once more. */
  readonly #onRepeat = new Set<string>();
  /** What the client holds where a newer one is on its way or was refused: a state of the world must list it on. */
  readonly #lastGood = new Map<string, ServedResource>();

  constructor(type: ResourceType, mode: 'sotw' | 'delta') {
    this.type = type;
    this.mode = mode;
  }

  /** How many resources the client holds. */
  get heldCount(): number {
    return this.#held.size;
  }

  /** How many names it asked for. */
  get nameCount(): number {
    return this.#names.size;
  }

  /** The client asked for something and waits. */
  get urgent(): boolean {
    return this.#owes || this.#wanted.size > 0;
  }

  /** Something that was refused is still wanted. */
  get rejecting(): boolean {
    return this.#rejected.size > 0 || this.#suspects.size > 0;
  }

  /** What isn't listed in a response is deleted. */
  get #listsAll(): boolean {
    return this.mode === 'sotw' && wholeTypes.has(this.type);
  }

  get holdsUnknown(): boolean {
    return this.#holdsUnknown;
  }

  /** Name → version of what the client holds. */
  get held(): ReadonlyMap<string, string> {
    return this.#held;
  }

  covers(name: string): boolean {
    return this.#wildcard || this.#names.has(name);
  }

  /** By name: what was refused. */
  get rejected(): ReadonlyMap<string, ServedResource> {
    return this.#rejected;
  }

  /** Sends a resource once more that the client holds, or will turn out to hold when it first asks. */
  sendAgain(name: string): void {
    if (!this.asked || this.#held.has(name)) {
      this.#again.add(name);
      this.dirty = true;
    }
  }

  /** Sends it once more when the client repeats itself: so Envoy asks for the endpoints of a cluster that it builds anew. */
  sendOnRepeat(name: string): void {
    this.#onRepeat.add(name);
  }

  /** The configuration changed. `before`: what was offered until now; `after`: what is from now on. */
  changed(before: Offer, after: Offer, at: number): void {
    this.dirty = true;
    this.changedAt ??= at;
    for (const [name, { version }] of this.#rejected) {
      if (after.get(name)?.version !== version) {
        this.#rejected.delete(name);
      }
    }
    this.#suspects.clear();
    if (!this.rejecting) {
      this.refused = undefined;
    }
    if (this.#listsAll) {
      for (const [name, version] of this.#held) {
        const old = before.get(name);
        if (old?.version === version && after.get(name)?.version !== version) {
          this.#lastGood.set(name, old);
        }
      }
    }
  }

  receiveSotw(request: SotwRequest, offer: Offer): Answer {
    const first = !this.asked;
    if (!first && request.nonce !== '' && request.nonce !== String(this.#nonces)) {
      return { kind: 'stale' };
    }
    this.asked = true;
    const answer = this.#settle(request.nonce, request.error);
    const names = new Set(request.names);
    const whole = wholeTypes.has(this.type);
    this.#everNamed ||= names.size > 0;
    const wildcard = whole && (names.has('*') || !this.#everNamed);
    if (whole) {
      names.delete('*');
    }
    const before = this.#names.size;
    let added = 0;
    let dropped = 0;
    for (const name of names) {
      if (!this.#names.has(name)) {
        added += 1;
        this.#names.add(name);
        this.#rejected.delete(name);
        if (!this.#held.has(name)) {
          this.#wanted.add(name);
        }
      }
    }
    for (const name of before + added > names.size ? this.#names : []) {
      if (!names.has(name)) {
        dropped += 1;
        this.#names.delete(name);
        this.#wanted.delete(name);
        if (!wildcard) {
          this.#forget(name);
        }
      }
    }
    this.#setWildcard(wildcard);
    if (first) {
      this.#claimed = request.version;
      this.adopt(offer);
    } else if (answer.kind === 'none' && added + dropped === 0) {
      this.#onRepeat.forEach((name) => this.sendAgain(name));
      this.#onRepeat.clear();
    }
    this.dirty ||= added + dropped > 0 || this.urgent || first;
    return answer;
  }

  receiveDelta(request: DeltaRequest): Answer {
    const first = !this.asked;
    this.asked = true;
    const answer = this.#settle(request.nonce, request.error);
    const whole = wholeTypes.has(this.type);
    for (const name of request.unsubscribe) {
      if (name === '*' && whole) {
        this.#setWildcard(false);
      } else if (this.#names.delete(name)) {
        if (this.#wildcard) {
          // It can't tell whether the wildcard covers the resource, and waits for an answer.
          this.#held.delete(name);
          this.#wanted.add(name);
        } else {
          this.#forget(name);
        }
      }
    }
    if (whole && ((first && request.subscribe.length === 0) || request.subscribe.includes('*'))) {
      this.#setWildcard(true);
    }
    for (const name of request.subscribe) {
      if (name !== '*' || !whole) {
        this.#names.add(name);
        this.#rejected.delete(name);
        // It may have dropped what it held: what it asks for is sent.
        this.#held.delete(name);
        this.#wanted.add(name);
      }
    }
    if (first) {
      for (const [name, version] of request.initialVersions) {
        if (this.covers(name)) {
          this.#held.set(name, version);
          this.#wanted.delete(name);
        }
      }
      this.#owes &&= request.initialVersions.size === 0;
    }
    this.dirty ||= first || this.urgent || request.subscribe.length + request.unsubscribe.length > 0;
    return answer.kind === 'none' && request.nonce !== '' ? { kind: 'stale' } : answer;
  }

  /** A client that comes back with the version of what it would get holds just that. */
  adopt(offer: Offer): void {
    const version = this.#claimed;
    if (version === undefined || !offer.ready) {
      return;
    }
    this.#claimed = undefined;
    const desired = this.#desired(offer);
    if (version !== '' && version === setVersion(desired)) {
      for (const resource of desired) {
        this.#held.set(resource.name, resource.version);
      }
      this.#wanted.clear();
      this.#owes = false;
    } else {
      this.#holdsUnknown = version !== '';
    }
  }

  /** What is to be sent now, if anything. */
  plan(offer: Offer): Plan | undefined {
    this.dirty = false;
    const desired = this.#desired(offer);
    const due = desired.filter(({ name, version }) => {
      return this.#rejected.get(name)?.version !== version && (this.#held.get(name) !== version || this.#again.has(name));
    });
    const changed = this.#unsuspected(due);
    const names = new Set(desired.map(({ name }) => name));
    const gone = [...this.#held.keys()].filter((name) => !names.has(name) && !offer.awaited(name));
    const missing = [...this.#wanted].filter((name) => !names.has(name) && !offer.awaited(name));
    const plan = this.mode === 'delta' ? this.#deltaPlan(changed, new Set([...gone, ...missing])) : this.#sotwPlan(desired, changed, gone);
    for (const name of gone) {
      this.#held.delete(name);
      this.#lastGood.delete(name);
    }
    for (const name of this.#wanted) {
      if (!offer.awaited(name) || names.has(name)) {
        this.#wanted.delete(name);
      }
    }
    this.#owes = false;
    return plan;
  }

  /** Notes that a plan is sent; gives its nonce. */
  sent({ changed }: Plan, now: number): string {
    this.#nonces += 1;
    for (const { name } of changed) {
      this.#again.delete(name);
    }
    const nonce = String(this.#nonces);
    this.inFlight = { nonce, changed, sentAt: now, changedAt: this.changedAt, flushed: false };
    this.changedAt = undefined;
    return nonce;
  }

  #desired(offer: Offer): ServedResource[] {
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

  /** All that isn't suspect, else the first of the suspects. */
  #unsuspected(due: readonly ServedResource[]): readonly ServedResource[] {
    const clear = due.filter(({ name }) => !this.#suspects.has(name));
    return clear.length > 0 ? clear : due.slice(0, this.#suspects.size > 0 ? 1 : undefined);
  }

  #deltaPlan(changed: readonly ServedResource[], removed: ReadonlySet<string>): Plan | undefined {
    const due = changed.length > 0 || removed.size > 0 || this.#owes;
    return due ? { resources: changed, changed, removed: [...removed].sort(), version: '' } : undefined;
  }

  #sotwPlan(desired: readonly ServedResource[], changed: readonly ServedResource[], gone: readonly string[]): Plan | undefined {
    const now = new Set(changed);
    const isHeld = ({ name, version }: ServedResource): boolean => this.#held.get(name) === version;
    desired.filter(isHeld).forEach(({ name }) => this.#lastGood.delete(name));
    if (!this.#listsAll) {
      // What the client will hold once it has accepted this.
      const after = desired.flatMap((resource) => {
        const version = now.has(resource) ? resource.version : this.#held.get(resource.name);
        return version === undefined ? [] : [{ name: resource.name, version }];
      });
      return changed.length > 0 ? { resources: changed, changed, removed: [], version: setVersion(after) } : undefined;
    }
    if (changed.length === 0 && gone.length === 0 && !this.urgent) {
      return undefined;
    }
    const resources = desired.flatMap((resource) => {
      if (now.has(resource) || isHeld(resource)) {
        return [resource];
      }
      // Left out, it would be deleted: the last that was accepted stays. Where that isn't known, the refused one stands for it.
      const good = this.#lastGood.get(resource.name) ?? (this.#holdsUnknown ? resource : undefined);
      return good ? [good] : [];
    });
    return { resources, changed, removed: [], version: setVersion(resources) };
  }

  #setWildcard(wildcard: boolean): void {
    if (wildcard && !this.#wildcard) {
      this.#owes = true;
    }
    const ends = this.#wildcard && !wildcard;
    this.#wildcard = wildcard;
    if (ends) {
      [...this.#held.keys(), ...this.#rejected.keys()].filter((name) => !this.#names.has(name)).forEach((name) => this.#forget(name));
    }
  }

  #forget(name: string): void {
    this.#held.delete(name);
    this.#rejected.delete(name);
    this.#suspects.delete(name);
    this.#wanted.delete(name);
    this.#again.delete(name);
    this.#onRepeat.delete(name);
    this.#lastGood.delete(name);
    if (!this.rejecting) {
      this.refused = undefined;
    }
  }

  /** Takes the answer to the response in flight, if it is one. */
  #settle(nonce: string, error: string | undefined): Answer {
    const response = this.inFlight;
    if (!response || nonce !== response.nonce) {
      return { kind: 'none' };
    }
    this.inFlight = undefined;
    return error === undefined ? this.#accept(response) : this.#refuse(response, error);
  }

  #accept(response: InFlight): Answer {
    this.#holdsUnknown = false;
    for (const resource of response.changed) {
      const { name, version } = resource;
      // Asked for once more since it was sent: it may have been dropped.
      if (this.covers(name) && !this.#wanted.has(name)) {
        this.#held.set(name, version);
        this.#rejected.delete(name);
        if (this.#listsAll) {
          // It may have changed since: the plan that follows knows.
          this.#lastGood.set(name, resource);
        }
      }
      this.#suspects.delete(name);
    }
    // What changed or was asked for meanwhile has said so itself.
    this.dirty ||= this.rejecting;
    if (!this.rejecting) {
      this.refused = undefined;
    }
    return { kind: 'ack', response };
  }

  #refuse(response: InFlight, reason: string): Answer {
    const changed = response.changed.filter(({ name }) => this.covers(name));
    const named = new Set(changed.length === 1 ? changed.map(({ name }) => name) : namedIn(reason, changed.map(({ name }) => name)));
    const blamed = changed.filter(({ name }) => named.has(name));
    for (const resource of blamed) {
      this.#rejected.set(resource.name, resource);
      this.#suspects.delete(resource.name);
    }
    if (blamed.length === 0) {
      changed.forEach(({ name }) => this.#suspects.add(name));
    }
    const faulty = blamed.length > 0 ? blamed : changed;
    this.dirty = true;
    // Also those that were found out one by one.
    const all = new Set([...this.#rejected.values(), ...faulty]);
    this.refused = { reason, sources: [...all].flatMap(({ sources }) => sources) };
    return { kind: 'nack', response, reason, blamed: faulty };
  }
}
