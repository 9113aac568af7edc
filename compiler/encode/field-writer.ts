import type { FieldDescriptor } from './descriptor.ts';
import { EncodeError, shown } from './encode-error.ts';
import { isObject, type MessageWriter, type MessageWriters, writeField } from './message-writer.ts';
import { type Scalar, scalars } from './scalar.ts';
import type { Writer } from './writer.ts';

/** A field that knows how to write itself. */
export interface FieldWriter {
  readonly name: string;
  readonly number: number;
  /** Which oneof of the message the field is in; -1: none. */
  readonly oneof: number;
  /** `null` is a value of the field, not its absence. */
  readonly takesNull: boolean;
  write(writer: Writer, value: unknown): void;
}

/** Gives the enum as a scalar, by full name; undefined: no such enum. */
export type Enums = (typeName: string) => Scalar | undefined;

/** Types of which null is a value, and not a value's absence. */
const nullTypes: ReadonlySet<string> = new Set(['google.protobuf.Value', 'google.protobuf.NullValue']);

/** How one value of a type is written with its tag. Without `evenDefault`, a default value is left out. */
type ElementWriter = (writer: Writer, value: unknown, evenDefault: boolean) => void;

/** The writer of a field. Messages are looked up when the first value comes, for types refer to each other in circles. */
export function fieldWriter(field: FieldDescriptor, messages: MessageWriters, enums: Enums): FieldWriter {
  const scalar = scalars[field.type] ?? enums(field.type);
  const element = scalar ? scalarElement(scalar, field.number) : messageElement(messages, field.type, field.number);
  const base = { name: field.name, number: field.number, oneof: field.oneof, takesNull: nullTypes.has(field.type) };
  switch (field.how) {
    case 'map':
      return { ...base, takesNull: false, write: mapWriter(field, scalar, messages) };
    case 'packed':
      return { ...base, takesNull: false, write: packedWriter(scalar, field.number) };
    case 'repeated':
      return { ...base, takesNull: false, write: repeatedWriter(element) };
    case 'optional':
    case 'oneof':
      return { ...base, write: (writer, value) => element(writer, value, true) };
    case 'singular':
      return { ...base, write: (writer, value) => element(writer, value, false) };
  }
}

function scalarElement(scalar: Scalar, number: number): ElementWriter {
  const tag = (number << 3) | scalar.wireType;
  return (writer, value, evenDefault) => {
    const read = scalar.read(value);
    if (evenDefault || !scalar.isDefault(read)) {
      scalar.write(writer, read);
      writer.varint(tag);
    }
  };
}

function messageElement(messages: MessageWriters, type: string, number: number): ElementWriter {
  const tag = (number << 3) | 2;
  let write: MessageWriter | undefined;
  return (writer, value) => {
    write ??= messageNamed(messages, type);
    writeField(writer, tag, write, value);
  };
}

function messageNamed(messages: MessageWriters, type: string): MessageWriter {
  const write = messages(type);
  if (!write) {
    throw new EncodeError(`no descriptor of ${type}`);
  }
  return write;
}

function repeatedWriter(element: ElementWriter): FieldWriter['write'] {
  return (writer, value) => {
    if (!Array.isArray(value)) {
      throw new EncodeError(`expected a list, found ${shown(value)}`);
    }
    for (let index = value.length - 1; index >= 0; index -= 1) {
      try {
        element(writer, value[index], true);
      } catch (error) {
        throw error instanceof EncodeError ? error.within(index) : error;
      }
    }
  };
}

/** All numbers under one tag. */
function packedWriter(scalar: Scalar | undefined, number: number): FieldWriter['write'] {
  const write = repeatedWriter((writer, value) => scalar?.write(writer, scalar.read(value)));
  return (writer, value) => {
    const before = writer.written;
    write(writer, value);
    if (writer.written > before) {
      writer.varint(writer.written - before);
      writer.varint((number << 3) | 2);
    }
  };
}

/** Entries are messages of a key and a value. They are sorted by key, for a map has no order. */
function mapWriter(field: FieldDescriptor, scalar: Scalar | undefined, messages: MessageWriters): FieldWriter['write'] {
  const tag = (field.number << 3) | 2;
  const keyScalar = scalars[field.keyType];
  const writeKey = keyScalar ? scalarElement(keyScalar, 1) : undefined;
  const writeValue = scalar ? scalarElement(scalar, 2) : messageElement(messages, field.type, 2);
  return (writer, value) => {
    if (!isObject(value)) {
      throw new EncodeError(`expected an object, found ${shown(value)}`);
    }
    for (const key of sortedKeys(value, field.keyType).reverse()) {
      if (value[key] === undefined) {
        continue;
      }
      const before = writer.written;
      try {
        writeValue(writer, value[key], true);
        writeKey?.(writer, field.keyType === 'bool' ? booleanKey(key) : key, true);
      } catch (error) {
        throw error instanceof EncodeError ? error.within(key) : error;
      }
      writer.varint(writer.written - before);
      writer.varint(tag);
    }
  };
}

function sortedKeys(value: object, keyType: string): string[] {
  const keys = Object.keys(value);
  return keyType === 'string' || keyType === 'bool' ? keys.sort() : keys.sort((a, b) => Number(a) - Number(b));
}

function booleanKey(key: string): unknown {
  return key === 'true' ? true : key === 'false' ? false : key;
}
