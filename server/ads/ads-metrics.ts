/** What is measured of streams: name, meaning and labels of each instrument. Whoever collects them makes `AdsMetrics` of this. */
export const adsInstruments = {
  streams: { kind: 'gauge', name: 'smic_ads_streams', help: 'Open ADS streams.', labels: ['mode'] },
  streamsOpened: { kind: 'counter', name: 'smic_ads_streams_opened_total', help: 'ADS streams that were accepted.', labels: ['mode'] },
  streamsRefused: { kind: 'counter', name: 'smic_ads_streams_refused_total', help: 'ADS streams that were refused or ended by the server, by reason.', labels: ['reason'] },
  requests: { kind: 'counter', name: 'smic_ads_requests_total', help: 'Discovery requests, by type of resource (`other`: one that is not served).', labels: ['type'] },
  requestsDelayed: { kind: 'counter', name: 'smic_ads_requests_delayed_total', help: 'Times that reading from a stream paused because it sends too many requests.', labels: [] },
  staleNonces: { kind: 'counter', name: 'smic_ads_stale_nonces_total', help: 'Requests that answered another response than the last.', labels: ['type'] },
  pushes: { kind: 'counter', name: 'smic_ads_pushes_total', help: 'Responses sent, by type of resource.', labels: ['type'] },
  pushedResources: { kind: 'counter', name: 'smic_ads_pushed_resources_total', help: 'Resources sent.', labels: ['type'] },
  pushedBytes: { kind: 'counter', name: 'smic_ads_pushed_bytes_total', help: 'Bytes of responses sent.', labels: ['type'] },
  acks: { kind: 'counter', name: 'smic_ads_acks_total', help: 'Responses that were accepted.', labels: ['type'] },
  nacks: { kind: 'counter', name: 'smic_ads_nacks_total', help: 'Responses that were refused.', labels: ['type'] },
  changeToAck: {
    kind: 'histogram',
    name: 'smic_ads_change_to_ack_seconds',
    help: 'From the moment that a change is in to the answer of a proxy that it touches.',
    labels: ['type'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60],
  },
} as const satisfies Readonly<Record<string, Instrument>>;

/** What describes an instrument. */
export interface Instrument {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets, in its unit. */
  readonly buckets?: readonly number[];
}

/** prom-client's classes are of this shape. */
interface Instruments<Label extends string> {
  readonly counter: { inc(labels: Readonly<Record<Label, string>>, value?: number): void };
  readonly gauge: { inc(labels: Readonly<Record<Label, string>>, value?: number): void; dec(labels: Readonly<Record<Label, string>>, value?: number): void };
  readonly histogram: { observe(labels: Readonly<Record<Label, string>>, value: number): void };
}

type Described = typeof adsInstruments;

/** The instruments themselves. */
export type AdsMetrics = {
  readonly [Key in keyof Described]: Instruments<Described[Key]['labels'][number]>[Described[Key]['kind']];
};

/** Why a stream was refused or ended. */
export type StreamRefusal = 'no-identity' | 'unknown-identity' | 'unknown-pod' | 'foreign-pod' | 'identity-removed' | 'draining' | 'malformed' | 'too-many-names' | 'no-secrets';
