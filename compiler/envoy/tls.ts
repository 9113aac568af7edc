import { spiffeId } from '../mesh/identity.ts';
import type { Identity } from '../mesh/mesh.ts';
import type { Settings } from '../mesh/settings.ts';
import { ads } from './ads.ts';
import type { CommonTlsContext, SubjectAltNameMatcher, TlsParameters, TransportSocket } from './generated/api.ts';
import { meshProtocol, trustBundle, workloadCertificate } from './names.ts';

/** The transport sockets of traffic between sidecars. */
export interface MeshTls {
  /** Takes clients of the mesh's trust domain; which of them may do what, RBAC says. */
  readonly anyIdentity: TransportSocket;
  /** Takes these clients only, before a byte of the server's is sent (envoy#9023). `identities` isn't empty. */
  downstream(identities: readonly Identity[]): TransportSocket;
  /** Verifies that the server has one of these identities. `identities` isn't empty. */
  upstream(identities: readonly Identity[], serverName: string): TransportSocket;
}

export function meshTls(settings: Settings): MeshTls {
  const params = tlsParameters(settings);
  const exactly = (identities: readonly Identity[]): readonly SubjectAltNameMatcher[] =>
    identities.map((identity) => ({
      san_type: 'URI',
      matcher: { exact: spiffeId(identity, settings.trustDomain) },
    }));
  return {
    anyIdentity: downstreamSocket(params, [
      { san_type: 'URI', matcher: { prefix: `spiffe://${settings.trustDomain}/ns/` } },
    ]),
    downstream: (identities) => downstreamSocket(params, exactly(identities)),
    upstream: (identities, serverName) => ({
      name: 'envoy.transport_sockets.tls',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
        common_tls_context: { ...commonContext(params, exactly(identities)), alpn_protocols: [meshProtocol] },
        sni: serverName,
        // A resumed session isn't verified again, not even against a changed trust bundle.
        max_session_keys: 0,
      },
    }),
  };
}

function downstreamSocket(params: TlsParameters, names: readonly SubjectAltNameMatcher[]): TransportSocket {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
      // No alpn_protocols: a negotiated "osm" would hide from the codec that a client speaks HTTP/2.
      common_tls_context: commonContext(params, names),
      require_client_certificate: true,
      // RBAC's mtls_authenticated doesn't see the peer of a resumed session (envoy#42668).
      disable_stateless_session_resumption: true,
      disable_stateful_session_resumption: true,
    },
  };
}

function commonContext(params: TlsParameters, names: readonly SubjectAltNameMatcher[]): CommonTlsContext {
  return {
    tls_params: params,
    tls_certificate_sds_secret_configs: [{ name: workloadCertificate, sds_config: ads }],
    combined_validation_context: {
      default_validation_context: { match_typed_subject_alt_names: names },
      validation_context_sds_secret_config: { name: trustBundle, sds_config: ads },
    },
  };
}

function tlsParameters({ tls }: Settings): TlsParameters {
  return {
    tls_minimum_protocol_version: tls.tlsMinimum as NonNullable<TlsParameters['tls_minimum_protocol_version']>,
    tls_maximum_protocol_version: tls.tlsMaximum as NonNullable<TlsParameters['tls_maximum_protocol_version']>,
    ...(tls.cipherSuites.length > 0 && { cipher_suites: tls.cipherSuites }),
    ...(tls.ecdhCurves.length > 0 && { ecdh_curves: tls.ecdhCurves }),
  };
}
