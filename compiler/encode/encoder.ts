import { anyWriter } from './any.ts';
import { readFields, readValues } from './descriptor.ts';
import { EncodeError } from './encode-error.ts';
import { fieldWriter } from './field-writer.ts';
import { enums, messages } from './generated/descriptors.ts';
import type { MessageWriter } from './message-writer.ts';
import { createFieldStack, planWriter } from './plan.ts';
import { enumScalar, nullScalar, type Scalar } from './scalar.ts';
import { wellKnownWriters } from './well-known.ts';
import { Writer } from './writer.ts';

/** Messages that resources share by reference: each object is encoded once, and its bytes are copied from then on. */
const shareable: ReadonlySet<string> = new Set(['envoy.config.listener.v3.FilterChain', 'google.protobuf.Any']);

export interface Encoder {
  /**
   * Encodes a message, given in the proto3 JSON mapping with the proto's own field names (snake_case), as protobuf's binary form.
   * The same message gives the same bytes: fields stand in the order of their numbers, map entries in the order of their keys.
   * Objects must not change once they were encoded. Throws an EncodeError, which says where, for whatever the mapping doesn't
   * know: unknown fields, types and enum values, values out of range, two members of a oneof.
   */
  encode(messageName: string, message: object): Uint8Array;
}

/** A new encoder. It remembers shared parts of messages as long as these live. */
export function createEncoder(): Encoder {
  const writer = new Writer();
  const stack = createFieldStack();
  const messageWriters = new Map<string, MessageWriter | undefined>();
  const enumScalars = new Map<string, Scalar | undefined>([['google.protobuf.NullValue', nullScalar]]);

  const enumNamed = (typeName: string): Scalar | undefined => {
    if (!enumScalars.has(typeName)) {
      const line = Object.hasOwn(enums, typeName) ? enums[typeName] : undefined;
      enumScalars.set(typeName, line === undefined ? undefined : enumScalar(typeName, readValues(line)));
    }
    return enumScalars.get(typeName);
  };
  const messageNamed = (typeName: string): MessageWriter | undefined => {
    if (!messageWriters.has(typeName)) {
      const write = createMessageWriter(typeName);
      messageWriters.set(typeName, write && shareable.has(typeName) ? remembering(write) : write);
    }
    return messageWriters.get(typeName);
  };
  const createMessageWriter = (typeName: string): MessageWriter | undefined => {
    if (typeName === 'google.protobuf.Any') {
      return anyWriter(messageNamed);
    }
    if (Object.hasOwn(wellKnownWriters, typeName)) {
      return wellKnownWriters[typeName];
    }
    if (!Object.hasOwn(messages, typeName)) {
      return undefined;
    }
    const fields = readFields(messages[typeName] ?? '');
    return planWriter(
      typeName,
      fields.map((field) => fieldWriter(field, messageNamed, enumNamed)),
      stack,
    );
  };

  return {
    encode(messageName, message) {
      const write = messageNamed(messageName);
      if (!write) {
        throw new EncodeError(`no descriptor of ${messageName}`);
      }
      writer.clear();
      stack.size = 0;
      try {
        write(writer, message);
      } catch (error) {
        throw error instanceof EncodeError ? error.within(messageName) : error;
      }
      return writer.copyOf(writer.written);
    },
  };
}

/** Encodes an object in full the first two times that it's seen, and keeps the bytes of the second: most objects come but once. */
function remembering(write: MessageWriter): MessageWriter {
  const seen = new WeakMap<object, Uint8Array | null>();
  return (writer, value, inAny) => {
    const known = typeof value === 'object' && value !== null ? seen.get(value) : undefined;
    if (known) {
      writer.bytes(known);
      return;
    }
    const before = writer.written;
    write(writer, value, inAny);
    // A value that was written is an object.
    seen.set(value as object, known === null ? writer.copyOf(writer.written - before) : null);
  };
}
