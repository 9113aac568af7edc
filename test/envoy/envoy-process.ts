import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, readSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';

/** A running Envoy that gets everything by ADS and opens no port. */
export interface EnvoyProcess {
  /** Resolves with the reason when it ends, for whatever reason. */
  readonly ended: Promise<string>;
  /** The warnings and worse that it has logged since the last call. */
  readonly newWarnings: () => readonly string[];
  /** The body of a page of the admin interface. */
  readonly admin: (path: string) => Promise<string>;
  /** Ends it and removes its folder. */
  readonly stop: () => Promise<void>;
}

/** How it asks the server. */
export interface EnvoyOptions {
  readonly node: string;
  readonly mode: 'sotw' | 'delta';
}

/** Starts the Envoy `binary` in `folder`, a temporary folder of its own, where a socket `ads` is listening. */
export function startEnvoyProcess(binary: string, folder: string, options: EnvoyOptions = { node: 'judged', mode: 'delta' }): EnvoyProcess {
  const config = join(folder, 'bootstrap.json');
  writeFileSync(config, JSON.stringify(bootstrap(folder, options)));
  // A file rather than a pipe: what Envoy logged before it answered can be read at once when the answer is there.
  const log = openSync(join(folder, 'log'), 'w+');
  const flags = ['--reject-unknown-dynamic-fields', '--drain-time-s', '0', '--drain-strategy', 'immediate', '--concurrency', '1'];
  // As in a sidecar: OpenTelemetry's tracer asks the environment who sends its spans.
  const env = { ...process.env, OTEL_RESOURCE_ATTRIBUTES: 'service.name=judge' };
  const envoy = spawn(binary, ['-c', config, '-l', 'warning', '--use-dynamic-base-id', ...flags], { env, stdio: ['ignore', 'ignore', log] });
  const ended = once(envoy, 'exit').then(([code, signal]) => `Envoy ended (${code ?? signal})`, String);
  // Its input closes however this process ends, even when it or its group is killed. So no Envoy and no folder stay behind.
  const guard = spawn('/bin/sh', ['-c', 'cat >/dev/null; kill -9 "$1"; rm -rf "$2"', 'guard', String(envoy.pid), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const guardEnded = once(guard, 'exit');
  const agent = new Agent({ keepAlive: true });
  let offset = 0;
  return {
    ended,
    newWarnings: () => {
      const text = Buffer.alloc(fstatSync(log).size - offset);
      offset += readSync(log, text, 0, text.length, offset);
      return warnings(text.toString());
    },
    admin: (path) => get(agent, join(folder, 'admin'), path),
    stop: async () => {
      agent.destroy();
      guard.stdin.end();
      await Promise.all([ended, guardEnded]);
      closeSync(log);
    },
  };
}

function bootstrap(folder: string, { node, mode }: EnvoyOptions): object {
  return {
    node: { id: node, cluster: 'judged' },
    admin: { address: { pipe: { path: join(folder, 'admin') } } },
    layered_runtime: { layers: [{ name: 'strict', static_layer: { 'envoy.features.fail_on_any_deprecated_feature': true } }] },
    dynamic_resources: {
      ads_config: { api_type: mode === 'delta' ? 'DELTA_GRPC' : 'GRPC', transport_api_version: 'V3', set_node_on_first_message_only: true, grpc_services: [{ envoy_grpc: { cluster_name: 'ads' } }] },
      cds_config: { ads: {}, resource_api_version: 'V3' },
      lds_config: { ads: {}, resource_api_version: 'V3' },
    },
    static_resources: {
      clusters: [
        {
          name: 'ads',
          typed_extension_protocol_options: {
            'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
              '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
              explicit_http_config: { http2_protocol_options: {} },
            },
          },
          load_assignment: {
            cluster_name: 'ads',
            endpoints: [{ lb_endpoints: [{ endpoint: { address: { pipe: { path: join(folder, 'ads') } } } }] }],
          },
        },
      ],
    },
  };
}

// `[date][process][level][component] [file:line] message`; a message may have several lines.
function warnings(text: string): readonly string[] {
  const entries = text.split(/^\[[^\]]*\]\[\d+\](?=\[)/m).slice(1);
  return (
    entries
      .filter((entry) => /^\[(warning|error|critical)\]/.test(entry))
      // A refusal is in the answer as well.
      .filter((entry) => !/config (for \S+ )?rejected: /.test(entry))
      .map((entry) => entry.replace(/^\[\w+\]\[[^\]]*\] (\[source\/[^\]]*\] )?/, '').trim())
  );
}

function get(agent: Agent, socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ agent, socketPath, path }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
    });
    sent.on('error', reject);
    sent.end();
  });
}
