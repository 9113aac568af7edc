import type { ResourceType } from '../../../compiler/artifact/artifact.ts';
import type { ServedResource } from '../../configuration/served-resource.ts';
import { typeUrl } from '../../configuration/type-url.ts';
import { bytesField, textField } from '../../configuration/protobuf-fields.ts';

/** An envoy.service.discovery.v3.DiscoveryResponse without its nonce, in pieces. Fields may stand in any order, so the nonce can follow. */
export function sotwResponse(type: ResourceType, version: string, resources: readonly ServedResource[]): readonly Uint8Array[] {
  return [
    ...textField(1, version),
    ...textField(4, typeUrl(type)),
    ...resources.map(({ sotwEntry }) => sotwEntry),
  ];
}

/** An envoy.service.discovery.v3.DeltaDiscoveryResponse without its nonce, in pieces. */
export function deltaResponse(type: ResourceType, resources: readonly ServedResource[], removed: readonly string[]): readonly Uint8Array[] {
  return [
    ...textField(4, typeUrl(type)),
    ...resources.map(({ deltaEntry }) => deltaEntry),
    ...removed.flatMap((name) => bytesField(6, Buffer.from(name))),
  ];
}

/** A response with its nonce: field 5 in both. */
export function withNonce(response: readonly Uint8Array[], nonce: string): Buffer {
  return Buffer.concat([...response, ...textField(5, nonce)]);
}
