import { readBytes, readFields, readText } from './read-fields.ts';

/** What both protocols' requests have. */
export interface RequestHead {
  /** `node.id`; undefined where the message has no node. */
  readonly nodeId: string | undefined;
  readonly typeUrl: string;
  readonly nonce: string;
  /** Set: the response is refused. */
  readonly error: string | undefined;
}

/** envoy.service.discovery.v3.DiscoveryRequest */
export interface SotwRequest extends RequestHead {
  readonly version: string;
  readonly names: readonly string[];
}

/** envoy.service.discovery.v3.DeltaDiscoveryRequest */
export interface DeltaRequest extends RequestHead {
  readonly subscribe: readonly string[];
  readonly unsubscribe: readonly string[];
  /** By name. */
  readonly initialVersions: ReadonlyMap<string, string>;
}

/** Reads what the server needs of a DiscoveryRequest. Throws a WireError. */
export function readSotwRequest(bytes: Uint8Array): SotwRequest {
  const request = { nodeId: undefined as string | undefined, typeUrl: '', nonce: '', error: undefined as string | undefined, version: '', names: [] as string[] };
  readFields(bytes, (field, value) => {
    if (field === 1) request.version = readText(value);
    else if (field === 2) request.nodeId = readNodeId(readBytes(value));
    else if (field === 3) request.names.push(readText(value));
    else if (field === 4) request.typeUrl = readText(value);
    else if (field === 5) request.nonce = readText(value);
    else if (field === 6) request.error = readStatus(readBytes(value));
    else if (field === 7) request.names.push(readLocator(readBytes(value)));
  });
  return request;
}

/** Reads what the server needs of a DeltaDiscoveryRequest. Throws a WireError. */
export function readDeltaRequest(bytes: Uint8Array): DeltaRequest {
  const initialVersions = new Map<string, string>();
  const request = {
    nodeId: undefined as string | undefined,
    typeUrl: '',
    nonce: '',
    error: undefined as string | undefined,
    subscribe: [] as string[],
    unsubscribe: [] as string[],
    initialVersions,
  };
  readFields(bytes, (field, value) => {
    if (field === 1) request.nodeId = readNodeId(readBytes(value));
    else if (field === 2) request.typeUrl = readText(value);
    else if (field === 3) request.subscribe.push(readText(value));
    else if (field === 4) request.unsubscribe.push(readText(value));
    else if (field === 5) {
      const [name, version] = readEntry(readBytes(value));
      initialVersions.set(name, version);
    } else if (field === 6) request.nonce = readText(value);
    else if (field === 7) request.error = readStatus(readBytes(value));
    else if (field === 8) request.subscribe.push(readLocator(readBytes(value)));
    else if (field === 9) request.unsubscribe.push(readLocator(readBytes(value)));
  });
  return request;
}

function readNodeId(node: Uint8Array): string {
  let id = '';
  readFields(node, (field, value) => {
    if (field === 1) id = readText(value);
  });
  return id;
}

/** The message of a google.rpc.Status. */
function readStatus(status: Uint8Array): string {
  let message = '';
  readFields(status, (field, value) => {
    if (field === 2) message = readText(value);
  });
  return message;
}

/** The name of a ResourceLocator. */
function readLocator(locator: Uint8Array): string {
  let name = '';
  readFields(locator, (field, value) => {
    if (field === 1) name = readText(value);
  });
  return name;
}

function readEntry(entry: Uint8Array): readonly [name: string, version: string] {
  let name = '';
  let version = '';
  readFields(entry, (field, value) => {
    if (field === 1) name = readText(value);
    else if (field === 2) version = readText(value);
  });
  return [name, version];
}
