import type { Settings } from '../mesh/settings.ts';
import type { Http, HttpConnectionManagerTracing } from './generated/api.ts';
import { tracingCluster } from './names.ts';

/** How an HTTP connection manager traces: Zipkin's format over HTTP (Jaeger takes it), or OpenTelemetry's over HTTP. */
export function tracing({ tracing: config }: Settings): HttpConnectionManagerTracing | undefined {
  if (!config) return undefined;
  return {
    provider: config.provider === 'Zipkin' ? zipkin(config) : openTelemetry(config),
    random_sampling: { value: config.samplingPercent },
    spawn_upstream_span: true,
  };
}

type Tracing = NonNullable<Settings['tracing']>;

function zipkin(config: Tracing): Http {
  return {
    name: 'envoy.tracers.zipkin',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.config.trace.v3.ZipkinConfig',
      collector_cluster: tracingCluster,
      collector_endpoint: config.endpoint,
      collector_endpoint_version: 'HTTP_JSON',
      collector_hostname: hostAndPort(config),
    },
  };
}

function openTelemetry(config: Tracing): Http {
  return {
    name: 'envoy.tracers.opentelemetry',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig',
      http_service: {
        http_uri: {
          uri: `http://${hostAndPort(config)}${config.endpoint}`,
          cluster: tracingCluster,
          timeout: '1s',
        },
      },
      // One filter chain serves many clients: who sends a span, the proxy's environment says (OTEL_RESOURCE_ATTRIBUTES).
      resource_detectors: [
        {
          name: 'envoy.tracers.opentelemetry.resource_detectors.environment',
          typed_config: {
            '@type':
              'type.googleapis.com/envoy.extensions.tracers.opentelemetry.resource_detectors.v3.EnvironmentResourceDetectorConfig',
          },
        },
      ],
      set_service_name_resource_attribute: false,
    },
  };
}

/** An IPv6 address stands in brackets (RFC 3986). */
function hostAndPort({ address, port }: Tracing): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
