import type { Settings } from '../mesh/settings.ts';
import { inboundHttpLog, outboundHttpLog } from './access-log.ts';
import { ads } from './ads.ts';
import { externalAuthorization } from './external-authorization.ts';
import type { HttpConnectionManager, HttpFilter, NetworkFilter } from './generated/api.ts';
import { denyAll } from './rbac.ts';
import { tracing } from './tracing.ts';

/** The name under which the RBAC filter stands, and by which a virtual host's own rules find it. */
export const rbacFilter = 'envoy.filters.http.rbac';

/**
 * What only sidecars may write: Envoy's own headers and the identity header. With underscores too: applications behind
 * CGI, WSGI and the like read those as the same name, and Envoy does not.
 */
const headersOfSidecars = 'x[-_]envoy[-_].*|x[-_]forwarded[-_]client[-_]cert';

const router: HttpFilter = {
  name: 'envoy.filters.http.router',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
    suppress_envoy_headers: true,
  },
};

const managerType = 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
type TypedManager = HttpConnectionManager & { readonly '@type': typeof managerType };

/** What both directions have in common. */
const common: TypedManager = {
  '@type': managerType,
  codec_type: 'AUTO',
  http_protocol_options: { accept_http_10: true },
  upgrade_configs: [{ upgrade_type: 'websocket' }],
  // A sidecar is no edge: the address of the peer isn't a client's, and X-Forwarded-For is the application's.
  use_remote_address: false,
  skip_xff_append: true,
  server_header_transformation: 'PASS_THROUGH',
  // Idle WebSockets and streams are the application's business.
  stream_idle_timeout: '0s',
};

/** Makes the HTTP connection managers of one mesh. */
export interface HttpConnectionManagers {
  outbound(routeConfiguration: string): NetworkFilter;
  inbound(routeConfiguration: string): NetworkFilter;
  /** Answers every request with 403: for destinations that no policy opens. */
  readonly denied: NetworkFilter;
}

export function httpConnectionManagers(settings: Settings): HttpConnectionManagers {
  const traced = tracing(settings);
  const inboundFilters = inboundHttpFilters(settings);
  const outboundCommon: TypedManager = {
    ...common,
    http_filters: [router],
    access_log: outboundHttpLog,
    // What the application claims about identities ends here.
    forward_client_cert_details: 'SANITIZE',
    ...(traced && { tracing: traced }),
  };
  const inboundCommon: TypedManager = {
    ...common,
    http_filters: inboundFilters,
    access_log: inboundHttpLog,
    // Paths are judged as the application will read them.
    normalize_path: true,
    merge_slashes: true,
    path_with_escaped_slashes_action: 'REJECT_REQUEST',
    strip_trailing_host_dot: true,
    // The verified identity in place of whatever the client wrote there.
    forward_client_cert_details: 'SANITIZE_SET',
    set_current_client_cert_details: { uri: true, dns: true },
    early_header_mutation_extensions: [
      {
        name: 'envoy.http.early_header_mutation.header_mutation',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation',
          mutations: [{ remove_on_match: { key_matcher: { safe_regex: { regex: headersOfSidecars } } } }],
        },
      },
    ],
    ...(traced && { tracing: traced }),
  };
  return {
    outbound: (name) => networkFilter({ ...outboundCommon, ...routesNamed(name) }),
    inbound: (name) => networkFilter({ ...inboundCommon, ...routesNamed(name) }),
    denied: networkFilter({ ...outboundCommon, stat_prefix: 'outbound-denied', route_config: deniedRoutes }),
  };
}

const deniedRoutes: NonNullable<HttpConnectionManager['route_config']> = {
  name: 'outbound-denied',
  virtual_hosts: [
    {
      name: 'outbound-denied',
      domains: ['*'],
      routes: [
        {
          name: 'denied',
          match: { prefix: '/' },
          direct_response: {
            status: 403,
            body: { inline_string: 'smic: no policy lets this workload call this address\n' },
          },
        },
      ],
    },
  ],
};

/**
 * The order carries the meaning:
 * 1. RBAC: nothing behind it sees a request that no policy allows. Without a virtual host's rules it denies.
 * 2. External authorization: asked only about what the mesh allows.
 * 3. The router ends the chain.
 */
function inboundHttpFilters(settings: Settings): readonly HttpFilter[] {
  const rbac: HttpFilter = {
    name: rbacFilter,
    typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC', rules: denyAll },
  };
  const authorization = externalAuthorization(settings);
  return authorization ? [rbac, authorization, router] : [rbac, router];
}

function routesNamed(name: string): HttpConnectionManager {
  return { stat_prefix: name, rds: { config_source: ads, route_config_name: name } };
}

function networkFilter(config: TypedManager): NetworkFilter {
  return { name: 'envoy.filters.network.http_connection_manager', typed_config: config };
}
