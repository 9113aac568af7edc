import { resourceTypes, type ResourceType } from '../../compiler/artifact/artifact.ts';

/** The message of each kind of resource. */
export const messageNames: Readonly<Record<ResourceType, string>> = {
  cluster: 'envoy.config.cluster.v3.Cluster',
  endpoint: 'envoy.config.endpoint.v3.ClusterLoadAssignment',
  secret: 'envoy.extensions.transport_sockets.tls.v3.Secret',
  listener: 'envoy.config.listener.v3.Listener',
  route: 'envoy.config.route.v3.RouteConfiguration',
};

/** The URL by which xDS names the kind. */
export function typeUrl(type: ResourceType): string {
  return `type.googleapis.com/${messageNames[type]}`;
}

/** The kind of a type URL, if it is one of the five. */
export function typeOfUrl(url: string): ResourceType | undefined {
  return resourceTypes.find((type) => typeUrl(type) === url);
}
