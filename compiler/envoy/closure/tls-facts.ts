import type { CommonTlsContext, TransportSocket } from '../generated/api.ts';
import { type Facts, faultsWhere, noFacts, together } from './facts.ts';

const downstream = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext';
const upstream = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext';

/** TLS that Envoy takes although it protects nothing: no peer's name, no trust bundle, resumed sessions. */
export function tlsFacts(socket: TransportSocket | undefined, peer: 'client' | 'server'): Facts {
  if (!socket) return noFacts;
  const config = socket.typed_config;
  const wanted = peer === 'client' ? downstream : upstream;
  if (config?.['@type'] !== wanted) {
    return faultsWhere([true, `its transport socket isn't a ${wanted.slice(wanted.lastIndexOf('.') + 1)}`]);
  }
  const own =
    config['@type'] === downstream
      ? faultsWhere(
          [config.require_client_certificate !== true, 'it asks for no client certificate'],
          [config.disable_stateless_session_resumption !== true, 'it resumes TLS sessions by ticket'],
          [config.disable_stateful_session_resumption !== true, 'it resumes TLS sessions by id'],
          [(config.common_tls_context?.alpn_protocols ?? []).length > 0, 'it negotiates an application protocol'],
        )
      : config['@type'] === upstream
        ? faultsWhere(
            [!config.sni, 'it names no server'],
            [config.max_session_keys !== 0, 'it keeps TLS sessions'],
            [(config.common_tls_context?.alpn_protocols ?? []).length === 0, 'it offers no application protocol'],
          )
        : noFacts;
  return together([own, contextFacts(config.common_tls_context)]);
}

function contextFacts(context: CommonTlsContext | undefined): Facts {
  const certificates = context?.tls_certificate_sds_secret_configs ?? [];
  const validation = context?.combined_validation_context;
  const bundle = validation?.validation_context_sds_secret_config;
  const names = validation?.default_validation_context?.match_typed_subject_alt_names ?? [];
  return together([
    faultsWhere(
      [certificates.length === 0, 'it presents no certificate'],
      [bundle === undefined, 'it has no trust bundle to verify the peer by'],
      [names.length === 0, 'it accepts any name in the peer\'s certificate'],
      [context?.tls_params?.tls_maximum_protocol_version === undefined, 'it leaves the newest TLS version open'],
    ),
    { ...noFacts, secrets: [...certificates, ...(bundle ? [bundle] : [])].map(({ name }) => name ?? '') },
  ]);
}
