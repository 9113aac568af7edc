import type { AccessLog, JsonObject } from './generated/api.ts';

/** OSM's fields, in its names. The path is the request's own: a client could choose what x-envoy-original-path says. */
const http = {
  start_time: '%START_TIME%',
  method: '%REQ(:METHOD)%',
  path: '%REQ(:PATH)%',
  protocol: '%PROTOCOL%',
  response_code: '%RESPONSE_CODE%',
  response_code_details: '%RESPONSE_CODE_DETAILS%',
  time_to_first_byte: '%RESPONSE_DURATION%',
  upstream_cluster: '%UPSTREAM_CLUSTER%',
  response_flags: '%RESPONSE_FLAGS%',
  bytes_received: '%BYTES_RECEIVED%',
  bytes_sent: '%BYTES_SENT%',
  duration: '%DURATION%',
  // Not the response header of that name: the sidecar keeps it from the application.
  upstream_service_time: '%COMMON_DURATION(US_TX_BEG:US_RX_BEG:ms)%',
  x_forwarded_for: '%REQ(X-FORWARDED-FOR)%',
  user_agent: '%REQ(USER-AGENT)%',
  request_id: '%REQ(X-REQUEST-ID)%',
  requested_server_name: '%REQUESTED_SERVER_NAME%',
  authority: '%REQ(:AUTHORITY)%',
  upstream_host: '%UPSTREAM_HOST%',
};

const tcp = {
  start_time: '%START_TIME%',
  upstream_cluster: '%UPSTREAM_CLUSTER%',
  response_flags: '%RESPONSE_FLAGS%',
  bytes_received: '%BYTES_RECEIVED%',
  bytes_sent: '%BYTES_SENT%',
  duration: '%DURATION%',
  requested_server_name: '%REQUESTED_SERVER_NAME%',
  upstream_host: '%UPSTREAM_HOST%',
  downstream_remote_address: '%DOWNSTREAM_REMOTE_ADDRESS%',
  downstream_local_address: '%DOWNSTREAM_LOCAL_ADDRESS%',
  connection_termination_details: '%CONNECTION_TERMINATION_DETAILS%',
  transport_failure_reason: '%DOWNSTREAM_TRANSPORT_FAILURE_REASON%',
};

const fromDownstream = { source_identity: '%DOWNSTREAM_PEER_URI_SAN%', destination_identity: '%DOWNSTREAM_LOCAL_URI_SAN%' };
const toUpstream = { source_identity: '%UPSTREAM_LOCAL_URI_SAN%', destination_identity: '%UPSTREAM_PEER_URI_SAN%' };
/** The name of the RBAC policy that let the request, or the connection, in: the TrafficTarget's rule and match. */
const policy = { policy: '%DYNAMIC_METADATA(envoy.filters.http.rbac:enforced_effective_policy_id)%' };

const tcpPolicy = { policy: '%DYNAMIC_METADATA(envoy.filters.network.rbac:shadow_effective_policy_id)%' };

export const inboundHttpLog: readonly AccessLog[] = [stdout({ ...http, ...fromDownstream, ...policy })];
export const inboundTcpLog: readonly AccessLog[] = [stdout({ ...tcp, ...fromDownstream, ...tcpPolicy })];
export const outboundHttpLog: readonly AccessLog[] = [stdout({ ...http, ...toUpstream })];
export const outboundTcpLog: readonly AccessLog[] = [stdout({ ...tcp, ...toUpstream })];
/** A listener's own: connections that no filter chain is for, which would leave no trace otherwise. */
export const unmatchedLog: readonly AccessLog[] = [
  { ...stdout({ ...tcp, ...fromDownstream }), filter: { response_flag_filter: { flags: ['NR'] } } },
];

function stdout(fields: JsonObject): AccessLog {
  return {
    name: 'envoy.access_loggers.stdout',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog',
      log_format: { json_format: fields },
    },
  };
}
