import type { Settings } from '../mesh/settings.ts';
import type { HttpFilter } from './generated/api.ts';
import { externalAuthorizationCluster } from './names.ts';

/** The largest part of a request's body that the authorization service is shown, in bytes; as OSM. */
const bodyBytes = 8192;

/** MeshConfig's inboundExternalAuthorization as an HTTP filter; undefined where it isn't enabled. */
export function externalAuthorization({ externalAuthorization: config }: Settings): HttpFilter | undefined {
  if (!config) return undefined;
  return {
    name: 'envoy.filters.http.ext_authz',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz',
      transport_api_version: 'V3',
      grpc_service: {
        envoy_grpc: { cluster_name: externalAuthorizationCluster },
        timeout: `${config.timeoutMilliseconds / 1000}s`,
      },
      with_request_body: { max_request_bytes: bodyBytes, allow_partial_message: true },
      failure_mode_allow: config.failureModeAllow,
      stat_prefix: config.statPrefix,
    },
  };
}
