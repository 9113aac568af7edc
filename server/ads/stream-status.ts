import { type ResourceType, resourceTypes } from '../../compiler/artifact/artifact.ts';
import type { SecretService, StreamSecrets } from '../secrets/secret-service.ts';
import type { ProxyStatus, TypeStatus } from './proxy-status.ts';
import type { ProxyStream } from './proxy-stream.ts';
import type { Subscription } from './subscription.ts';

/** A secret service that knows until when certificates are valid. */
export interface DatedSecrets extends SecretService {
  certificateUntil?(stream: StreamSecrets): number | undefined;
}

/** How far a proxy is. */
export function streamStatus(stream: ProxyStream, secrets: DatedSecrets): ProxyStatus {
  const types = Object.fromEntries(resourceTypes.map((type) => [type, typeStatus(stream.subscription(type))]));
  return {
    node: stream.nodeId,
    identity: stream.identity,
    proxyClass: stream.configuration.key,
    mode: stream.mode,
    peer: stream.peer,
    connectedAt: stream.connectedAt,
    types: types as Record<ResourceType, TypeStatus>,
    certificateUntil: stream.secrets && secrets.certificateUntil?.(stream.secrets),
  };
}

function typeStatus({ asked, inFlight, dirty, refused, held, answeredAt }: Subscription): TypeStatus {
  if (!asked) {
    return { state: 'NOT SENT', resources: 0, since: undefined };
  }
  const state = refused ? 'NACKED' : inFlight || dirty ? 'STALE' : 'SYNCED';
  return { state, resources: held.size, since: answeredAt, ...refused };
}
