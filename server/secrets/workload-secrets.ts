import { trustBundle, workloadCertificate } from '../../compiler/envoy/names.ts';
import { certificateId } from '../certificates/authority.ts';
import type { Clock, Issuer } from '../certificates/issuer.ts';
import { certificatesOf } from '../certificates/pem.ts';
import type { ServedResource } from '../configuration/served-resource.ts';
import type { CertificateStatus } from './certificate-status.ts';
import type { SecretEvents } from './secret-events.ts';
import { trustBundleResource } from './secret-resources.ts';
import type { SecretService, StreamSecrets } from './secret-service.ts';
import { StreamCertificate } from './stream-certificate.ts';

export interface SecretServiceOptions {
  /** How long a certificate lives (default a day). Asked for each time, because a new artifact may bring another answer. */
  readonly lifetimeSeconds?: () => number;
  readonly events?: SecretEvents;
  /** From 0 to below 1, for jitter. */
  readonly random?: () => number;
}

/** A secret service that knows how far its proxies are. */
export interface WorkloadSecrets extends SecretService {
  status(): CertificateStatus;
  /** Until when a stream's certificate is valid, milliseconds since 1970; undefined while there is none. */
  certificateUntil(stream: StreamSecrets): number | undefined;
  /** Forgets every stream's key and stops following the issuer. */
  close(): void;
}

interface Stream {
  readonly certificate: StreamCertificate;
  /** Brings `current` up to date, and tells whoever opened the stream. */
  readonly tell: (names: readonly string[]) => void;
  /** The version of the trust bundle that the proxy has acknowledged. */
  trust: string | undefined;
  /** The CA of the certificate that the proxy has acknowledged. */
  issuerId: string | undefined;
  current: ReadonlyMap<string, ServedResource>;
}

const day = 86_400;

/**
 * The secrets of streams, from an issuer. A stream whose certificate can't be issued opens with the trust bundle alone; the
 * certificate is told of as changed when it could be had.
 */
export function createSecretService(issuer: Issuer, clock: Clock, options: SecretServiceOptions = {}): WorkloadSecrets {
  const { lifetimeSeconds = () => day, events = {}, random = Math.random } = options;
  const streams = new Map<StreamSecrets, Stream>();
  let bundle = trustBundleResource(issuer.trustBundle());
  let issuerId = issuer.issuerId();

  const refresh = (stream: Stream): void => {
    const { resource } = stream.certificate;
    stream.current = new Map([[trustBundle, bundle], ...(resource ? [[workloadCertificate, resource] as const] : [])]);
  };

  const stop = issuer.onChange(() => {
    const fresh = trustBundleResource(issuer.trustBundle());
    const bundleChanged = fresh.version !== bundle.version;
    const issuerChanged = issuer.issuerId() !== issuerId;
    bundle = fresh;
    issuerId = issuer.issuerId();
    if (bundleChanged || issuerChanged) {
      events.changed?.(bundle.version, issuerId);
    }
    for (const { certificate, tell } of streams.values()) {
      certificate.reissue();
      if (bundleChanged) {
        tell([trustBundle]);
      }
    }
  });

  return {
    async open(identity, changed) {
      let opened = false;
      const tell = (names: readonly string[]): void => {
        refresh(stream);
        if (opened) {
          changed(names);
        }
      };
      const certificate = new StreamCertificate(identity, { issuer, clock, lifetimeSeconds, random, events }, () => tell([workloadCertificate]));
      const stream: Stream = { certificate, tell, trust: undefined, issuerId: undefined, current: new Map() };
      const secrets: StreamSecrets = {
        current: () => stream.current,
        close: () => {
          streams.delete(secrets);
          certificate.close();
          stream.current = new Map();
        },
      };
      // From here on changes of the issuer reach it.
      streams.set(secrets, stream);
      await certificate.renew();
      refresh(stream);
      opened = true;
      return secrets;
    },
    acknowledged(secrets, name, version) {
      const stream = streams.get(secrets);
      if (stream && name === trustBundle) {
        stream.trust = version;
      } else if (stream && name === workloadCertificate && version === stream.certificate.resource?.version) {
        stream.issuerId = stream.certificate.facts?.issuerId;
      }
    },
    certificateUntil: (secrets) => streams.get(secrets)?.certificate.facts?.notAfter,
    status: () => statusOf([...streams.values()], bundle, issuer),
    close() {
      stop();
      for (const secrets of streams.keys()) {
        secrets.close();
      }
    },
  };
}

/** How many identities are named: enough to find out what keeps a rotation waiting. */
const named = 20;

function statusOf(streams: readonly Stream[], bundle: ServedResource, issuer: Issuer): CertificateStatus {
  const issuerId = issuer.issuerId();
  const trusting = streams.filter(({ trust }) => trust === bundle.version);
  const replaced = streams.filter((stream) => stream.issuerId === issuerId);
  const late = streams.filter((stream) => stream.trust !== bundle.version || stream.issuerId !== issuerId);
  const ends = streams.flatMap(({ certificate }) => certificate.facts?.notAfter ?? []);
  return {
    issuerId,
    trustedRoots: certificatesOf(issuer.trustBundle()).map(certificateId),
    streams: streams.length,
    trustAcknowledged: trusting.length,
    certificateAcknowledged: replaced.length,
    waitingFor: [...new Set(late.map(({ certificate }) => certificate.identity))].sort().slice(0, named),
    withoutCertificate: streams.filter(({ certificate }) => certificate.facts === undefined).length,
    firstEnd: ends.length === 0 ? undefined : ends.reduce((first, end) => Math.min(first, end)),
  };
}
