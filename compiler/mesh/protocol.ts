import type { ServicePort } from '../resources/objects.ts';
import type { Layer } from './mesh.ts';

/** The protocols that a Service port may name, and how a sidecar treats each. Lower case. */
const layers: Readonly<Record<string, Layer>> = {
  http: 'http',
  http2: 'http',
  h2c: 'http',
  grpc: 'http',
  'kubernetes.io/h2c': 'http',
  'kubernetes.io/ws': 'http',
  tcp: 'tcp',
  'tcp-server-first': 'tcp',
  // TLS of the application's own: its bytes pass through, inside the mesh's TLS.
  https: 'tcp',
  tls: 'tcp',
  'kubernetes.io/wss': 'tcp',
};

/** Longest first: `tcp-server-first-x` isn't `tcp`, `https-x` isn't `http`. */
const namePrefixes = ['tcp-server-first', 'https', 'http2', 'http', 'grpc', 'tcp'];

export const knownProtocols: readonly string[] = Object.keys(layers);

export interface Protocol {
  readonly name: string;
  readonly layer: Layer;
  /** False where `appProtocol` names something that smic doesn't know; it passes as bytes then. */
  readonly known: boolean;
}

/**
 * A port's protocol: `appProtocol` in any case, else the port name's prefix (`grpc-api`, or the bare word), else http.
 * What isn't known is treated as bytes: an HTTP rule then opens nothing.
 */
export function protocolOf(port: Pick<ServicePort, 'appProtocol' | 'name'>): Protocol {
  if (port.appProtocol !== undefined && port.appProtocol !== '') {
    const name = port.appProtocol.toLowerCase();
    const layer = Object.hasOwn(layers, name) ? layers[name] : undefined;
    return { name, layer: layer ?? 'tcp', known: layer !== undefined };
  }
  const portName = port.name.toLowerCase();
  const prefix = namePrefixes.find((word) => portName === word || portName.startsWith(`${word}-`)) ?? 'http';
  return { name: prefix, layer: layers[prefix] ?? 'http', known: true };
}
