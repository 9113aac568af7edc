import type { CommonTlsContext, SubjectAltNameMatcher, TransportSocket } from '../generated/api.ts';
import { type Facts, faultsWhere } from './facts.ts';
import { namesIdentity } from './names-identity.ts';

const downstream = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext';
const upstream = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext';

/** TLS that Envoy takes although it protects nothing: no peer's name, no trust bundle, resumed sessions. */
export function tlsFacts({ typed_config: config }: TransportSocket, peer: 'client' | 'server', facts: Facts): void {
  if (config?.['@type'] !== (peer === 'client' ? downstream : upstream)) {
    facts.faults.push(`its transport socket isn't TLS with a ${peer}`);
  } else if (config['@type'] === downstream) {
    faultsWhere(
      facts,
      [config.require_client_certificate !== true, 'it asks for no client certificate'],
      [config.disable_stateless_session_resumption !== true, 'it resumes TLS sessions by ticket'],
      [config.disable_stateful_session_resumption !== true, 'it resumes TLS sessions by id'],
      [(config.common_tls_context?.alpn_protocols ?? []).length > 0, 'it negotiates an application protocol'],
    );
    contextFacts(config.common_tls_context, facts);
  } else if (config['@type'] === upstream) {
    faultsWhere(
      facts,
      [!config.sni, 'it names no server'],
      [config.max_session_keys !== 0, 'it keeps TLS sessions'],
      [(config.common_tls_context?.alpn_protocols ?? []).length === 0, 'it offers no application protocol'],
      [namesOf(config.common_tls_context).some(({ matcher }) => matcher?.exact === undefined), 'it accepts any identity as the server'],
    );
    contextFacts(config.common_tls_context, facts);
  }
}

function contextFacts(context: CommonTlsContext | undefined, facts: Facts): void {
  const certificates = context?.tls_certificate_sds_secret_configs ?? [];
  const validation = context?.combined_validation_context;
  const bundle = validation?.validation_context_sds_secret_config;
  const names = namesOf(context);
  faultsWhere(
    facts,
    [certificates.length === 0, 'it presents no certificate'],
    [bundle === undefined, 'it has no trust bundle to verify the peer by'],
    [names.length === 0, "it accepts any name in the peer's certificate"],
    [!names.every(namesIdentity), "it accepts names in the peer's certificate that are no identities of the mesh"],
    [context?.tls_params?.tls_maximum_protocol_version === undefined, 'it leaves the newest TLS version open'],
  );
  for (const { name } of certificates) facts.secrets.push(name ?? '');
  if (bundle) facts.secrets.push(bundle.name ?? '');
}

function namesOf(context: CommonTlsContext | undefined): readonly SubjectAltNameMatcher[] {
  return context?.combined_validation_context?.default_validation_context?.match_typed_subject_alt_names ?? [];
}
