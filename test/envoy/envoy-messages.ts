import { createFileRegistry, fromBinary, fromJson, toBinary } from '@bufbuild/protobuf';
import type { DescMessage, FileRegistry, JsonValue } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { readFileSync } from 'node:fs';

// Envoy's own messages, read by a protobuf implementation that shares nothing with the compiler's encoder.
const envoyMessages: FileRegistry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync('proto/envoy-1.40.0.binpb')));

/** The message named `name`, or an error. */
export function envoyMessage(name: string): DescMessage {
  const message = envoyMessages.getMessage(name);
  if (message === undefined) {
    throw new TypeError(`no message ${name} in proto/`);
  }
  return message;
}

/** Bytes of a message in the proto3 JSON mapping. Refuses unknown fields. */
export function toBytes(name: string, json: object): Uint8Array {
  const message = envoyMessage(name);
  return toBinary(message, fromJson(message, json as JsonValue, { registry: envoyMessages }));
}
