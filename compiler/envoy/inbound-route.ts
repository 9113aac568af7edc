import type { MeshPort } from '../mesh/mesh.ts';
import type { Settings } from '../mesh/settings.ts';
import { type Built, source, within } from './built.ts';
import type { RBAC, RouteConfiguration } from './generated/api.ts';
import { rbacFilter } from './http-connection-manager.ts';
import { localCluster, serviceHost } from './names.ts';
import { sourceMetadata } from './source-metadata.ts';

/** The pointer from a route configuration to its RBAC rules; the step with dots is the filter's name. */
const rulesPointer = `/virtual_hosts/0/typed_per_filter_config/${rbacFilter}/rbac/rules`;

/**
 * The one route to the application, behind the rules that say who may do what. They stand here rather than in the filter:
 * by RDS a revocation holds from the next request of a kept connection on.
 */
export function inboundRoutes(
  name: string,
  port: MeshPort,
  targetPort: number,
  rules: Built<RBAC>,
  settings: Settings,
): Built<RouteConfiguration> {
  return {
    message: {
      name,
      virtual_hosts: [
        {
          name: `inbound_virtual-host|${serviceHost(port, settings.clusterDomain)}`,
          // Whatever Host the client sends: the rules judge all of it.
          domains: ['*'],
          routes: [
            {
              name: port.key,
              match: { prefix: '/' },
              route: { cluster: localCluster(port, targetPort), timeout: '0s' },
              metadata: sourceMetadata(port.service.meta),
            },
          ],
          typed_per_filter_config: {
            [rbacFilter]: {
              '@type': 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBACPerRoute',
              rbac: { rules: rules.message, track_per_rule_stats: true },
            },
          },
        },
      ],
    },
    sources: [source('', port.service.meta, port.declaration.at), ...within(rulesPointer, rules.sources)],
  };
}
