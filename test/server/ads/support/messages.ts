import { create, fromBinary, fromJson, toBinary, toJson, type DescMessage, type JsonValue, type Message } from '@bufbuild/protobuf';
import { type ResourceType, resourceTypes } from '../../../../compiler/artifact/artifact.ts';
import { envoyMessage } from '../../../envoy/envoy-messages.ts';
import { typeOfUrl, typeUrl } from '../../../envoy/type-url.ts';

/*
 * The client's side of xDS, in a protobuf implementation that shares nothing with the server's.
 */

/** What a test reads of a response. */
export interface Received {
  readonly type: ResourceType;
  readonly nonce: string;
  /** State of the world only. */
  readonly version: string;
  /** Name → version in delta; name → the digest of its bytes is of no interest in state of the world: ''. */
  readonly resources: ReadonlyMap<string, string>;
  readonly removed: readonly string[];
  /** Name → bytes of the resource. */
  readonly bytes: ReadonlyMap<string, Uint8Array>;
}

interface Any {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}
interface RawResponse extends Message {
  readonly versionInfo?: string;
  readonly typeUrl: string;
  readonly nonce: string;
  readonly resources: readonly (Any & { readonly name?: string; readonly version?: string; readonly resource?: Any })[];
  readonly removedResources?: readonly string[];
}

const messages: Readonly<Record<'sotw' | 'delta', readonly [request: DescMessage, response: DescMessage]>> = {
  sotw: [envoyMessage('envoy.service.discovery.v3.DiscoveryRequest'), envoyMessage('envoy.service.discovery.v3.DiscoveryResponse')],
  delta: [envoyMessage('envoy.service.discovery.v3.DeltaDiscoveryRequest'), envoyMessage('envoy.service.discovery.v3.DeltaDiscoveryResponse')],
};

export function encodeRequest(mode: 'sotw' | 'delta', json: object): Buffer {
  const [request] = messages[mode];
  return Buffer.from(toBinary(request, fromJson(request, json as JsonValue)));
}

export function decodeResponse(mode: 'sotw' | 'delta', bytes: Uint8Array): Received {
  const [, schema] = messages[mode];
  const response = fromBinary(schema, bytes) as RawResponse;
  const type = typeOfUrl(response.typeUrl);
  if (type === undefined) {
    throw new Error(`a response of the unknown type ${response.typeUrl}`);
  }
  const anys = response.resources.map((one) => [one, mode === 'delta' ? one.resource : one] as const);
  const named = anys.map(([resource, any]) => {
    const bytesOf = any?.value ?? new Uint8Array();
    if (any?.typeUrl !== typeUrl(type)) {
      throw new Error(`a resource of type ${any?.typeUrl} among those of ${response.typeUrl}`);
    }
    return { name: nameOf(type, bytesOf), stated: resource.name, version: resource.version ?? '', bytes: bytesOf };
  });
  for (const { name, stated } of named) {
    if (mode === 'delta' && stated !== name) {
      throw new Error(`the resource ${name} is called ${stated}`);
    }
  }
  return {
    type,
    nonce: response.nonce,
    version: response.versionInfo ?? '',
    resources: new Map(named.map(({ name, version }) => [name, version])),
    removed: response.removedResources ?? [],
    bytes: new Map(named.map(({ name, bytes: own }) => [name, own])),
  };
}

/** A message in the proto3 JSON mapping. Only for messages without an Any. */
export function decodeJson(name: string, bytes: Uint8Array): JsonValue {
  const schema = envoyMessage(name);
  return toJson(schema, fromBinary(schema, bytes));
}

/** The bytes of a message from the proto3 JSON mapping. */
export function encodeJson(name: string, json: object): Buffer {
  const schema = envoyMessage(name);
  return Buffer.from(toBinary(schema, create(schema, fromJson(schema, json as JsonValue) as never)));
}

const resourceMessages = Object.fromEntries(resourceTypes.map((type) => [type, envoyMessage(typeUrl(type).slice('type.googleapis.com/'.length))]));

function nameOf(type: ResourceType, bytes: Uint8Array): string {
  const schema = resourceMessages[type];
  if (schema === undefined) {
    throw new Error(`no message for ${type}`);
  }
  const message = fromBinary(schema, bytes) as unknown as { readonly name?: string; readonly clusterName?: string };
  return (type === 'endpoint' ? message.clusterName : message.name) ?? '';
}
