import type { ResourceType } from '../../compiler/artifact/artifact.ts';
import { messageNames } from '../../compiler/artifact/resource.ts';
import { createDecoder } from '../../compiler/decode/decoder.ts';
import { EncodeError } from '../../compiler/encode/encode-error.ts';
import { createEncoder } from '../../compiler/encode/encoder.ts';
import { printYaml } from '../artifact/print-yaml.ts';
import { at, listAt, textAt } from './json-at.ts';

/** Prints resources so that equal ones give equal text, whoever prints them. */
export type NormalText = (type: ResourceType, message: unknown) => string;

const filled = '(filled when it is served)';

/** The text of a resource: its normal form as YAML. */
export function normalTexts(): NormalText {
  const normal = normalMessages();
  return (type, message) => printYaml(normal(type, message) as object);
}

/** The normal form of a resource: what counts of it, with sorted keys. */
export function normalMessages(): (type: ResourceType, message: unknown) => unknown {
  const [encoder, decoder] = [createEncoder(), createDecoder()];
  // Through the binary form, in which durations, numbers, defaults and names of values have one way to be written.
  const plain = (type: ResourceType, message: unknown): unknown => {
    const { '@type': _type, ...fields } = message as Readonly<Record<string, unknown>>;
    try {
      return decoder.decode(messageNames[type], encoder.encode(messageNames[type], fields));
    } catch (error) {
      if (error instanceof EncodeError) {
        return fields; // Something that smic doesn't know, so it isn't smic's: shown as it is.
      }
      throw error;
    }
  };
  return (type, message) => {
    const content = type === 'endpoint' ? endpoints(message) : type === 'secret' ? secret(message) : plain(type, message);
    return sorted(content);
  };
}

/** What a cluster's endpoints are. Envoy shows them with its defaults, in an order of its own, and with what it has found out. */
function endpoints(message: unknown): unknown {
  const groups = listAt(message, 'endpoints').flatMap((group) =>
    listAt(group, 'lb_endpoints').map((one) => ({
      address: addressWords(at(one, 'endpoint', 'address')),
      weight: at(one, 'load_balancing_weight') ?? 1,
      priority: at(group, 'priority') ?? 0,
      zone: [textAt(group, 'locality', 'region'), textAt(group, 'locality', 'zone'), textAt(group, 'locality', 'sub_zone')].join('/').replace(/^\/+$/, ''),
    })),
  );
  const list = groups.map(({ zone, priority, ...rest }) => ({ ...rest, ...(priority !== 0 && { priority }), ...(zone !== '' && { zone }) }));
  return { name: textAt(message, 'cluster_name'), endpoints: list.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0)) };
}

/** Its kind; what is in it is each sidecar's own. */
function secret(message: unknown): unknown {
  const kinds = ['tls_certificate', 'validation_context', 'session_ticket_keys', 'generic_secret'].filter((kind) => at(message, kind) !== undefined);
  return { name: textAt(message, 'name'), ...Object.fromEntries(kinds.map((kind) => [kind, filled])) };
}

/** `10.0.0.1:80`, `[fd00::1]:80`, or the path of a socket. */
export function addressWords(address: unknown): string {
  const host = textAt(address, 'socket_address', 'address');
  const port = textAt(address, 'socket_address', 'port_value') || textAt(address, 'socket_address', 'named_port');
  return host === '' ? textAt(address, 'pipe', 'path') || textAt(address, 'envoy_internal_address', 'server_listener_name') : `${host.includes(':') ? `[${host}]` : host}:${port || 0}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}

/** What tells a reader where he is comes first. */
function rank(key: string): number {
  return key === '@type' || key === 'name' ? 0 : 1;
}
