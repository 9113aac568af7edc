import type { ResourceType } from '../../compiler/artifact/artifact.ts';
import type { ServedResource } from '../configuration/served-resource.ts';
import type { Answer, InFlight } from './answer.ts';
import { Holdings } from './holdings.ts';
import { Interest, wholeTypes } from './interest.ts';
import type { Offer } from './offer.ts';
import { type Refused, Refusals } from './refusals.ts';
import { deltaPlan, partialPlan, type Plan, wholePlan } from './response-plan.ts';
import { setVersion } from './set-version.ts';
import type { DeltaRequest, SotwRequest } from './wire/discovery-request.ts';

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
  /** Milliseconds since 1970 of the last answer. */
  answeredAt: number | undefined;
  /** When the change came in that is still to be sent. */
  changedAt: number | undefined;

  /** State of the world: the version that it came with, until it is looked at. */
  #claimed: string | undefined;
  #nonces = 0;
  /** What isn't listed in a response is deleted. */
  readonly #listsAll: boolean;
  readonly #interest: Interest;
  readonly #holdings: Holdings;
  readonly #refusals = new Refusals();
  /** To be sent although the client holds them. */
  readonly #again = new Set<string>();
  /** To be sent when the client asks for the same once more. */
  readonly #onRepeat = new Set<string>();

  constructor(type: ResourceType, mode: 'sotw' | 'delta') {
    this.type = type;
    this.mode = mode;
    this.#listsAll = mode === 'sotw' && wholeTypes.has(type);
    this.#interest = new Interest(type);
    this.#holdings = new Holdings(this.#listsAll);
  }

  /** How many names it asked for. */
  get nameCount(): number {
    return this.#interest.nameCount;
  }

  /** The client asked for something and waits. */
  get urgent(): boolean {
    return this.#interest.urgent;
  }

  /** Something that was refused is still wanted. */
  get rejecting(): boolean {
    return this.#refusals.any;
  }

  get refused(): Refused | undefined {
    return this.#refusals.last;
  }

  get holdsUnknown(): boolean {
    return this.#holdings.unknown;
  }

  /** Name → version of what the client holds. */
  get held(): ReadonlyMap<string, string> {
    return this.#holdings.held;
  }

  /** By name: what was refused. */
  get rejected(): ReadonlyMap<string, ServedResource> {
    return this.#refusals.rejected;
  }

  /** Sends a resource once more that the client holds, or will turn out to hold when it first asks. */
  sendAgain(name: string): void {
    if (!this.asked || this.held.has(name)) {
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
    this.#refusals.change(after);
    this.#holdings.keep(before, after);
  }

  receiveSotw(request: SotwRequest, offer: Offer): Answer {
    const first = !this.asked;
    if (!first && request.nonce !== '' && request.nonce !== String(this.#nonces)) {
      return { kind: 'stale' };
    }
    this.asked = true;
    const answer = this.#settle(request.nonce, request.error);
    const { wildcard } = this.#interest;
    const { changed, added, lost } = this.#interest.replace(request.names, this.held);
    added.forEach((name) => this.#refusals.retry(name));
    lost.forEach((name) => this.#forget(name));
    this.#forgetAfter(wildcard);
    if (first) {
      this.#claimed = request.version;
      this.adopt(offer);
    } else if (answer.kind === 'none' && !changed) {
      this.#onRepeat.forEach((name) => this.sendAgain(name));
      this.#onRepeat.clear();
    }
    this.dirty ||= changed || this.urgent || first;
    return answer;
  }

  receiveDelta(request: DeltaRequest): Answer {
    const first = !this.asked;
    this.asked = true;
    const answer = this.#settle(request.nonce, request.error);
    const { wildcard } = this.#interest;
    const { lost, unsure } = this.#interest.unsubscribe(request.unsubscribe);
    unsure.forEach((name) => this.#holdings.forget(name));
    lost.forEach((name) => this.#forget(name));
    this.#forgetAfter(wildcard);
    for (const name of this.#interest.subscribe(request.subscribe, first)) {
      this.#refusals.retry(name);
      // It may have dropped what it held: what it asks for is sent.
      this.#holdings.forget(name);
    }
    if (first) {
      for (const [name, version] of request.initialVersions) {
        if (this.#interest.covers(name)) {
          this.#holdings.claim(name, version);
          this.#interest.answered(name);
        }
      }
      this.#interest.owed &&= request.initialVersions.size === 0;
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
    const desired = this.#interest.desired(offer);
    if (version !== '' && version === setVersion(desired)) {
      desired.forEach((resource) => this.#holdings.claim(resource.name, resource.version));
      this.#interest.wanted.forEach((name) => this.#interest.answered(name));
      this.#interest.owed = false;
    } else {
      this.#holdings.unknown = version !== '';
    }
  }

  /** What is to be sent now, if anything. */
  plan(offer: Offer): Plan | undefined {
    this.dirty = false;
    const desired = this.#interest.desired(offer);
    const due = desired.filter((resource) => !this.#refusals.has(resource) && (!this.#holdings.has(resource) || this.#again.has(resource.name)));
    const changed = this.#refusals.unsuspected(due);
    const names = new Set(desired.map(({ name }) => name));
    const isGone = (name: string): boolean => !names.has(name) && !offer.awaited(name);
    const gone = [...this.held.keys()].filter(isGone);
    this.#holdings.release(desired);
    let plan: Plan | undefined;
    if (this.mode === 'delta') {
      plan = deltaPlan(changed, new Set([...gone, ...[...this.#interest.wanted].filter(isGone)]), this.#interest.owed);
    } else if (!this.#listsAll) {
      plan = partialPlan(desired, changed, this.held);
    } else if (changed.length > 0 || gone.length > 0 || this.urgent) {
      plan = wholePlan(desired, changed, this.#holdings);
    }
    gone.forEach((name) => this.#holdings.forget(name));
    this.#interest.wanted.forEach((name) => {
      if (names.has(name) || !offer.awaited(name)) {
        this.#interest.answered(name);
      }
    });
    this.#interest.owed = false;
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

  #forget(name: string): void {
    this.#holdings.forget(name);
    this.#refusals.forget(name);
    this.#interest.answered(name);
    this.#again.delete(name);
    this.#onRepeat.delete(name);
  }

  /** Forgets what a wildcard covered, if it has ended. */
  #forgetAfter(wildcard: boolean): void {
    if (wildcard && !this.#interest.wildcard) {
      [...this.held.keys(), ...this.rejected.keys()].filter((name) => !this.#interest.covers(name)).forEach((name) => this.#forget(name));
    }
  }

  /** Takes the answer to the response in flight, if it is one. */
  #settle(nonce: string, error: string | undefined): Answer {
    const response = this.inFlight;
    if (!response || nonce !== response.nonce) {
      return { kind: 'none' };
    }
    this.inFlight = undefined;
    const covered = response.changed.filter(({ name }) => this.#interest.covers(name));
    if (error !== undefined) {
      this.dirty = true;
      return { kind: 'nack', response, reason: error, blamed: this.#refusals.refuse(covered, error) };
    }
    // Asked for once more since it was sent: it may have been dropped.
    const taken = covered.filter(({ name }) => !this.#interest.wanted.has(name));
    this.#holdings.accept(taken);
    this.#refusals.accept(response.changed, taken);
    // What changed or was asked for meanwhile has said so itself.
    this.dirty ||= this.rejecting;
    return { kind: 'ack', response };
  }
}
