import type { Clock, IssuedCertificate, Issuer } from '../certificates/issuer.ts';
import { forget, type ServedResource } from '../configuration/served-resource.ts';
import { backoff } from './backoff.ts';
import { reissueTime, renewalTime } from './renewal-time.ts';
import type { SecretEvents } from './secret-events.ts';
import { workloadCertificateResource } from './secret-resources.ts';

/** The public part of a certificate. */
export type CertificateFacts = Omit<IssuedCertificate, 'chain' | 'privateKey'>;

/** What a stream's certificate needs from around it. */
export interface CertificateNeeds {
  readonly issuer: Issuer;
  readonly clock: Clock;
  readonly lifetimeSeconds: () => number;
  readonly random: () => number;
  readonly events: SecretEvents;
}

/** How long an issue may take before another one is tried beside it, in milliseconds. Long, because the queue may be. */
const patience = 300_000;

/**
 * The certificate of one stream through its life. While it's open there is always a timer that will bring it on, also while an issue
 * runs: it may never end (osm#5000 is a rotation that stopped, and nobody noticed).
 */
export class StreamCertificate {
  readonly identity: string;
  readonly #needs: CertificateNeeds;
  readonly #changed: () => void;
  #resource: ServedResource | undefined;
  #facts: CertificateFacts | undefined;
  #cancel: () => void = () => {};
  /** Issues that were begun; and the last of them whose result is in. */
  #begun = 0;
  #ended = 0;
  #failures = 0;
  #closed = false;

  constructor(identity: string, needs: CertificateNeeds, changed: () => void) {
    this.identity = identity;
    this.#needs = needs;
    this.#changed = changed;
  }

  /** Undefined until the first could be issued, and after the end. */
  get resource(): ServedResource | undefined {
    return this.#resource;
  }

  get facts(): CertificateFacts | undefined {
    return this.#facts;
  }

  /** Issues a certificate. Settles after this attempt, whether or not it brought one; further attempts follow if not. */
  async renew(): Promise<void> {
    if (this.#closed) {
      return;
    }
    const { issuer, lifetimeSeconds } = this.#needs;
    this.#begun += 1;
    const attempt = this.#begun;
    this.#after(patience, () => this.#retry(attempt, new Error(`no answer from the issuer in ${patience / 1000} seconds`)));
    let issued: IssuedCertificate;
    try {
      issued = await issuer.issue({ identity: this.identity, lifetimeSeconds: lifetimeSeconds() });
    } catch (error) {
      this.#retry(attempt, error);
      return;
    }
    this.#take(attempt, issued);
  }

  /** Another CA may sign now: a certificate of the former one is replaced soon. */
  reissue(): void {
    const { issuer, clock, random } = this.#needs;
    // One that's on its way is looked at when it's there; one that couldn't be had is being tried for.
    const waits = this.#begun === this.#ended && this.#failures === 0;
    if (waits && this.#facts !== undefined && this.#facts.issuerId !== issuer.issuerId()) {
      const now = clock.now();
      this.#after(reissueTime(now, this.#facts.notAfter, random) - now, () => void this.renew());
    }
  }

  /** Forgets the key. Nothing goes to the stream any more, so its bytes can be overwritten. */
  close(): void {
    this.#closed = true;
    this.#cancel();
    if (this.#resource) {
      forget(this.#resource);
    }
    this.#resource = undefined;
    this.#facts = undefined;
  }

  #take(attempt: number, issued: IssuedCertificate): void {
    // A late answer is welcome, unless a later attempt's came before it.
    if (this.#closed || attempt < this.#ended) {
      return;
    }
    const { clock, random, events } = this.#needs;
    const { notBefore, notAfter, serial, issuerId } = issued;
    const reason = this.#facts === undefined ? 'new' : 'renewed';
    const now = clock.now();
    this.#ended = this.#begun;
    this.#failures = 0;
    this.#resource = workloadCertificateResource(issued);
    this.#facts = { notBefore, notAfter, serial, issuerId };
    this.#after(renewalTime(now, notAfter, random) - now, () => void this.renew());
    this.reissue();
    events.issued?.(this.identity, this.#facts, reason);
    this.#changed();
  }

  #retry(attempt: number, error: unknown): void {
    if (this.#closed || attempt <= this.#ended) {
      return;
    }
    const { random, events } = this.#needs;
    this.#ended = attempt;
    this.#failures += 1;
    const wait = backoff(this.#failures, random);
    this.#after(wait, () => void this.renew());
    events.failed?.(this.identity, error, this.#failures, wait, this.#facts?.notAfter);
  }

  /** The one timer. */
  #after(milliseconds: number, action: () => void): void {
    const { clock } = this.#needs;
    this.#cancel();
    this.#cancel = clock.at(clock.now() + milliseconds, action);
  }
}
