// The independent implementation that the encoder is judged by: @bufbuild/protobuf with a registry of proto/*.binpb.
import { readFileSync } from 'node:fs';
import { createFileRegistry, createRegistry, type DescMessage, fromBinary, fromJson, type JsonValue, toBinary, toJson } from '@bufbuild/protobuf';
import * as wkt from '@bufbuild/protobuf/wkt';

const files = createFileRegistry(fromBinary(wkt.FileDescriptorSetSchema, readFileSync('proto/envoy-1.40.0.binpb')));
const wellKnown = [
  wkt.AnySchema,
  wkt.BoolValueSchema,
  wkt.BytesValueSchema,
  wkt.DoubleValueSchema,
  wkt.DurationSchema,
  wkt.EmptySchema,
  wkt.FloatValueSchema,
  wkt.Int32ValueSchema,
  wkt.Int64ValueSchema,
  wkt.ListValueSchema,
  wkt.StringValueSchema,
  wkt.StructSchema,
  wkt.TimestampSchema,
  wkt.UInt32ValueSchema,
  wkt.UInt64ValueSchema,
  wkt.ValueSchema,
];
const registry = createRegistry(...files, ...wellKnown);

export function descriptorOf(typeName: string): DescMessage {
  const message = registry.getMessage(typeName);
  if (!message) {
    throw new Error(`no message ${typeName}`);
  }
  return message;
}

/** JSON → binary, by the reference. Throws where it refuses the JSON. */
export function referenceBytes(typeName: string, json: unknown): Uint8Array {
  const message = descriptorOf(typeName);
  return toBinary(message, fromJson(message, json as JsonValue, { registry }));
}

/** Binary → JSON, by the reference: what the bytes mean. Going through every Any, for it is JSON there. */
export function meaning(typeName: string, bytes: Uint8Array): JsonValue {
  const message = descriptorOf(typeName);
  return toJson(message, fromBinary(message, bytes), { registry, useProtoFieldName: true });
}
