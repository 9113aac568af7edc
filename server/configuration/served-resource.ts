import type { ResourceType } from '../../compiler/artifact/artifact.ts';
import type { LoadedSource } from '../../compiler/artifact/loaded-artifact.ts';
import { fieldHead, sizeOf, textField } from './protobuf-fields.ts';

/** A resource as it goes out. Equal versions mean equal bytes, on every server and after every restart. */
export interface ServedResource {
  readonly type: ResourceType;
  readonly name: string;
  /** The digest of its bytes. */
  readonly version: string;
  /** A google.protobuf.Any in its binary encoding: type URL and the resource's bytes. */
  readonly any: Uint8Array;
  /** As it stands in an envoy.service.discovery.v3.DiscoveryResponse: field 2, an Any. */
  readonly sotwEntry: Uint8Array;
  /** As it stands in a DeltaDiscoveryResponse: field 2, a Resource. All three are one piece of memory. */
  readonly deltaEntry: Uint8Array;
  /** Where it comes from; empty for what the server makes itself (certificates). */
  readonly sources: readonly LoadedSource[];
}

/**
 * A resource, framed for both protocols once, so that a response is put together of whole pieces.
 * @param any pieces of its google.protobuf.Any
 */
export function servedResource(type: ResourceType, name: string, version: string, any: readonly Uint8Array[], sources: readonly LoadedSource[]): ServedResource {
  const length = sizeOf(any);
  // A Resource: version 1, resource 2, name 3. Its field 2 is just what a DiscoveryResponse has.
  const sotwHead = fieldHead(2, length);
  const [before, after] = [Buffer.concat(textField(1, version)), Buffer.concat(textField(3, name))];
  const head = fieldHead(2, before.length + sotwHead.length + length + after.length);
  const deltaEntry = Buffer.concat([head, before, sotwHead, ...any, after]);
  const start = head.length + before.length;
  const end = deltaEntry.length - after.length;
  return { type, name, version, any: deltaEntry.subarray(start + sotwHead.length, end), sotwEntry: deltaEntry.subarray(start, end), deltaEntry, sources };
}

/** Overwrites its bytes. */
export function forget({ deltaEntry }: ServedResource): void {
  deltaEntry.fill(0);
}
