import type { Encoder } from '../encode/encoder.ts';
import type { Resource, ResourceType, SourceEntry } from './artifact.ts';
import { sha256 } from './sha256.ts';

/** Envoy's message for each kind of resource. */
export const messageNames: Readonly<Record<ResourceType, string>> = {
  cluster: 'envoy.config.cluster.v3.Cluster',
  endpoint: 'envoy.config.endpoint.v3.ClusterLoadAssignment',
  secret: 'envoy.extensions.transport_sockets.tls.v3.Secret',
  listener: 'envoy.config.listener.v3.Listener',
  route: 'envoy.config.route.v3.RouteConfiguration',
};

/** A resource with its bytes and their digest. */
export function createResource(
  encoder: Encoder,
  type: ResourceType,
  name: string,
  message: object,
  sources: readonly SourceEntry[],
): Resource {
  const bytes = encoder.encode(messageNames[type], message);
  return { type, name, message, bytes, digest: sha256(bytes), sources };
}
