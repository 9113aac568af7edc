import { type ResourceType, resourceTypes } from '../../compiler/artifact/artifact.ts';
import { trustBundle, workloadCertificate } from '../../compiler/envoy/names.ts';
import type { Clock } from '../certificates/issuer.ts';
import type { ProxyConfiguration } from '../configuration/configuration.ts';
import type { ServedResource } from '../configuration/served-resource.ts';
import { typeOfUrl } from '../configuration/type-url.ts';
import { errorWords, type Log } from '../log.ts';
import type { SecretService, StreamSecrets } from '../secrets/secret-service.ts';
import type { AdsMetrics, StreamRefusal } from './ads-metrics.ts';
import type { Answer } from './answer.ts';
import type { Offer } from './offer.ts';
import type { ResponseCache } from './response-cache.ts';
import { Subscription } from './subscription.ts';
import type { DeltaRequest, SotwRequest } from './wire/discovery-request.ts';

/** What streams share. */
export interface StreamContext {
  readonly secrets: SecretService;
  readonly log: Log;
  readonly metrics: AdsMetrics;
  readonly clock: Clock;
  readonly cache: ResponseCache;
  /** How long, in milliseconds, one type waits for the answer to another before it goes on. */
  readonly patience: number;
  /** How many names of one type a client may ask for. */
  readonly maxNames: number;
}

/** The transport of a stream. */
export interface Wire {
  readonly peer: string;
  /** `flushed` is called once the message has left the process. */
  write(message: Buffer, flushed: () => void): void;
  /** Ends the stream; without a reason as one ends that is over. */
  end(reason?: { readonly code: 'PERMISSION_DENIED' | 'RESOURCE_EXHAUSTED' | 'UNAVAILABLE' | 'INVALID_ARGUMENT'; readonly words: string; readonly refusal: StreamRefusal }): void;
}

/** Types that must be in place before listeners and routes refer to them. */
const makeTypes = ['cluster', 'endpoint', 'secret'] as const;
const holes: ReadonlySet<string> = new Set([workloadCertificate, trustBundle]);
const noResources: ReadonlyMap<string, ServedResource> = new Map();

type Leaving = Partial<Record<ResourceType, ReadonlyMap<string, ServedResource>>>;

/** One ADS stream of one proxy: what it asked for, and what it is sent, in which order. */
export class ProxyStream {
  readonly identity: string;
  readonly nodeId: string;
  readonly mode: 'sotw' | 'delta';
  readonly connectedAt: number;
  readonly #context: StreamContext;
  readonly #wire: Wire;
  readonly #subscriptions: Readonly<Record<ResourceType, Subscription>>;
  #configuration: ProxyConfiguration;
  #secrets: StreamSecrets | undefined;
  #opening = false;
  /** Of the configuration before, by type: what nothing refers to any more once listeners and routes are accepted. */
  #leaving: Leaving = {};
  #timer: NodeJS.Timeout | undefined;
  /** Since when listeners or routes wait for what they refer to. */
  #waitingSince: number | undefined;
  #closed = false;

  constructor(identity: string, nodeId: string, mode: 'sotw' | 'delta', configuration: ProxyConfiguration, wire: Wire, context: StreamContext) {
    this.identity = identity;
    this.nodeId = nodeId;
    this.mode = mode;
    this.connectedAt = context.clock.now();
    this.#configuration = configuration;
    this.#wire = wire;
    this.#context = context;
    const subscription = (type: ResourceType): Subscription => new Subscription(type, mode);
    this.#subscriptions = {
      cluster: subscription('cluster'),
      endpoint: subscription('endpoint'),
      secret: subscription('secret'),
      listener: subscription('listener'),
      route: subscription('route'),
    };
  }

  get configuration(): ProxyConfiguration {
    return this.#configuration;
  }

  get peer(): string {
    return this.#wire.peer;
  }

  get secrets(): StreamSecrets | undefined {
    return this.#secrets;
  }

  subscription(type: ResourceType): Subscription {
    return this.#subscriptions[type];
  }

  /** What the proxy may have of a type now. */
  offer(type: ResourceType): Offer {
    const own = this.#configuration.resources[type];
    const leaving = this.#leaving[type] ?? noResources;
    const secrets = type === 'secret' ? (this.#secrets?.current() ?? noResources) : noResources;
    return {
      get: (name) => secrets.get(name) ?? own.get(name) ?? leaving.get(name),
      all: () => (leaving.size === 0 ? own.values() : [...own.values(), ...[...leaving.values()].filter(({ name }) => !own.has(name))]),
      // A certificate that couldn't be issued yet, or a stream whose key is still being made.
      awaited: (name) => type === 'secret' && holes.has(name),
      ready: type !== 'secret' || this.#secrets !== undefined,
    };
  }

  receive(request: SotwRequest | DeltaRequest): void {
    const type = typeOfUrl(request.typeUrl);
    this.#context.metrics.requests.inc({ type: type ?? 'other' });
    if (this.#closed || type === undefined) {
      return;
    }
    const subscription = this.#subscriptions[type];
    const names = 'names' in request ? request.names.length : subscription.nameCount + request.subscribe.length;
    if (names > this.#context.maxNames) {
      this.#wire.end({ code: 'RESOURCE_EXHAUSTED', words: `more than ${this.#context.maxNames} names of type ${type}`, refusal: 'too-many-names' });
      return;
    }
    const first = !subscription.asked;
    const offer = this.offer(type);
    const answer = 'names' in request ? subscription.receiveSotw(request, offer) : subscription.receiveDelta(request);
    this.#note(subscription, answer);
    if (type === 'secret') {
      if (first) {
        this.#acknowledgeHeld(subscription);
      }
      this.#openSecrets();
    }
    this.flush();
  }

  /** Takes a new configuration of the same identity; `types`: those in which it differs from the present one. */
  update(configuration: ProxyConfiguration, types: readonly ResourceType[], now: number): void {
    if (this.#closed) {
      return;
    }
    const before = new Map(types.map((type) => [type, this.offer(type)]));
    const old = this.#configuration;
    this.#configuration = configuration;
    this.#leaving = this.#leavingAfter(old, types);
    for (const [type, offer] of before) {
      if (this.#subscriptions[type].asked) {
        this.#subscriptions[type].changed(offer, this.offer(type), now);
      }
    }
    this.flush();
  }

  /**
   * Sends what is due and may be sent now: make before break, so clusters, endpoints and secrets first, then listeners, then
   * routes, and what became useless last. What a client has just asked for is never held back.
   */
  flush(): void {
    if (this.#closed) {
      return;
    }
    const now = performance.now();
    let blocked = false;
    for (const type of resourceTypes) {
      const subscription = this.#subscriptions[type];
      if (!subscription.asked || !subscription.dirty) {
        continue;
      }
      if (this.#mustWait(subscription, now)) {
        blocked = true;
      } else if (type !== 'secret' || this.#secrets) {
        this.#send(subscription, now);
      }
    }
    if (!blocked) {
      this.#waitingSince = undefined;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    } else if (!this.#timer) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.flush();
      }, this.#context.patience).unref();
    }
    this.#release();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#secrets?.close();
    this.#secrets = undefined;
  }

  /** One response of a type at a time; listeners wait for what they refer to, and routes for listeners. */
  #mustWait(subscription: Subscription, now: number): boolean {
    const { inFlight, type } = subscription;
    const { patience } = this.#context;
    if (inFlight) {
      // Envoy answers for clusters when they are warm. It isn't waited for that for ever, but only as long as it still reads.
      return !(inFlight.flushed && now - inFlight.sentAt >= patience);
    }
    if (subscription.urgent || type === 'cluster' || type === 'endpoint' || type === 'secret') {
      return false;
    }
    const needed = type === 'route' ? [...makeTypes, 'listener' as const] : makeTypes;
    if (!needed.some((one) => this.#isBusy(one))) {
      return false;
    }
    this.#waitingSince ??= now;
    return now - this.#waitingSince < patience;
  }

  #isBusy(type: ResourceType): boolean {
    const { asked, inFlight, dirty } = this.#subscriptions[type];
    return asked && (inFlight !== undefined || (dirty && (type !== 'secret' || this.#secrets !== undefined)));
  }

  #send(subscription: Subscription, now: number): void {
    const { type, mode } = subscription;
    const plan = subscription.plan(this.offer(type));
    if (!plan) {
      return;
    }
    if (type === 'cluster') {
      this.#warmEndpoints(plan.changed);
    }
    const nonce = subscription.sent(plan, now);
    const message = this.#context.cache.encode({ mode, type, version: plan.version, resources: plan.resources, removed: plan.removed }, nonce);
    const { pushes, pushedResources, pushedBytes } = this.#context.metrics;
    pushes.inc({ type });
    pushedResources.inc({ type }, plan.resources.length);
    pushedBytes.inc({ type }, message.length);
    const response = subscription.inFlight;
    this.#wire.write(message, () => {
      if (response) {
        response.flushed = true;
      }
    });
  }

  /** Envoy builds a changed cluster anew, and waits for its endpoints even where these are the same (Envoy's xDS protocol, "Resource warming"). */
  #warmEndpoints(changed: readonly ServedResource[]): void {
    const { cluster, endpoint } = this.#subscriptions;
    for (const { name, version } of changed) {
      const held = cluster.held.get(name);
      if (held !== undefined && held !== version) {
        endpoint.sendAgain(name);
      } else if (cluster.holdsUnknown) {
        endpoint.sendOnRepeat(name);
      }
    }
  }

  /** What the configuration before had, and this one hasn't: listeners excepted, which go with the rest of their type. */
  #leavingAfter(old: ProxyConfiguration, types: readonly ResourceType[]): Leaving {
    const leaving = { ...this.#leaving };
    for (const type of types) {
      if (type !== 'listener') {
        const own = this.#configuration.resources[type];
        const all = [...(leaving[type] ?? noResources), ...old.resources[type]];
        const left = new Map(all.filter(([name]) => !own.has(name)));
        delete leaving[type];
        if (left.size > 0) {
          leaving[type] = left;
        }
      }
    }
    return leaving;
  }

  /** Once listeners and routes are accepted, nothing refers to what is gone: it is taken back. */
  #release(): void {
    const left = Object.keys(this.#leaving).length > 0;
    if (!left || resourceTypes.some((type) => this.#isBusy(type)) || this.#subscriptions.listener.rejecting || this.#subscriptions.route.rejecting) {
      return;
    }
    const types = resourceTypes.filter((type) => this.#leaving[type]);
    this.#leaving = {};
    for (const type of types) {
      this.#subscriptions[type].dirty = true;
    }
    this.flush();
  }

  #note(subscription: Subscription, answer: Answer): void {
    const { metrics, log, clock, secrets } = this.#context;
    const { type } = subscription;
    if (answer.kind === 'stale') {
      metrics.staleNonces.inc({ type });
      return;
    }
    if (answer.kind === 'none') {
      return;
    }
    subscription.answeredAt = clock.now();
    const { changedAt, changed } = answer.response;
    if (changedAt !== undefined) {
      metrics.changeToAck.observe({ type }, (performance.now() - changedAt) / 1000);
    }
    if (answer.kind === 'ack') {
      metrics.acks.inc({ type });
      for (const { name, version } of type === 'secret' ? changed : []) {
        if (this.#secrets) {
          secrets.acknowledged(this.#secrets, name, version);
        }
      }
      return;
    }
    metrics.nacks.inc({ type });
    log.warn(
      {
        node: this.nodeId,
        identity: this.identity,
        proxyClass: this.#configuration.key,
        type,
        reason: answer.reason.slice(0, 4096),
        resources: answer.blamed.slice(0, 20).map(({ name, version, sources }) => ({ name, version, sources: wholeFirst(sources).slice(0, 5) })),
      },
      'a proxy refused its configuration, and keeps what it accepted last',
    );
  }

  #openSecrets(): void {
    if (this.#secrets || this.#opening) {
      return;
    }
    this.#opening = true;
    const changed = (): void => {
      this.#subscriptions.secret.dirty = true;
      this.#subscriptions.secret.changedAt ??= performance.now();
      this.flush();
    };
    this.#context.secrets.open(this.identity, changed).then(
      (secrets) => {
        if (this.#closed) {
          secrets.close();
          return;
        }
        this.#secrets = secrets;
        this.#subscriptions.secret.adopt(this.offer('secret'));
        this.#acknowledgeHeld(this.#subscriptions.secret);
        this.#subscriptions.secret.dirty = true;
        this.flush();
      },
      (error: unknown) => {
        this.#context.log.error({ node: this.nodeId, identity: this.identity, error: errorWords(error) }, 'no secrets for a stream');
        this.#wire.end({ code: 'UNAVAILABLE', words: 'no certificate can be issued now', refusal: 'no-secrets' });
      },
    );
  }

  /** What a proxy came back with counts as accepted: it is not sent again. */
  #acknowledgeHeld({ held }: Subscription): void {
    if (this.#secrets) {
      for (const { name, version } of this.#secrets.current().values()) {
        if (held.get(name) === version) {
          this.#context.secrets.acknowledged(this.#secrets, name, version);
        }
      }
    }
  }
}

/** Where the resource as a whole comes from stands first. */
function wholeFirst<Source extends { readonly pointer: string }>(sources: readonly Source[]): readonly Source[] {
  return [...sources.filter(({ pointer }) => pointer === ''), ...sources.filter(({ pointer }) => pointer !== '')];
}
