import { EncodeError, shown } from './encode-error.ts';
import { isObject, writeField } from './message-writer.ts';
import { writeText } from './scalar.ts';
import type { Writer } from './writer.ts';

/** google.protobuf.Struct: any JSON object. Its keys are sorted, for a map has no order. */
export function writeStruct(writer: Writer, value: unknown): void {
  if (!isObject(value)) {
    throw new EncodeError(`expected an object, found ${shown(value)}`);
  }
  for (const key of Object.keys(value).sort().reverse()) {
    const member = value[key];
    if (member === undefined) {
      continue;
    }
    const before = writer.written;
    try {
      writeField(writer, 0x12, writeValue, member);
      writeText(writer, key);
    } catch (error) {
      throw error instanceof EncodeError ? error.within(key) : error;
    }
    writer.varint(0x0a);
    writer.varint(writer.written - before);
    writer.varint(0x0a);
  }
}

/** google.protobuf.Value: any JSON value. Its members are one oneof, so that defaults are written too. */
export function writeValue(writer: Writer, value: unknown): void {
  if (value === null) {
    writer.varint(0);
    writer.varint(0x08);
  } else if (typeof value === 'number' && Number.isFinite(value)) {
    writer.double(value);
    writer.varint(0x11);
  } else if (typeof value === 'string') {
    writeText(writer, value);
    writer.varint(0x1a);
  } else if (typeof value === 'boolean') {
    writer.varint(value ? 1 : 0);
    writer.varint(0x20);
  } else if (isObject(value)) {
    writeField(writer, 0x2a, writeStruct, value);
  } else if (Array.isArray(value)) {
    writeField(writer, 0x32, writeListValue, value);
  } else {
    throw new EncodeError(`expected a JSON value, found ${shown(value)}`);
  }
}

/** google.protobuf.ListValue: any JSON list. */
export function writeListValue(writer: Writer, value: unknown): void {
  if (!Array.isArray(value)) {
    throw new EncodeError(`expected a list, found ${shown(value)}`);
  }
  for (let index = value.length - 1; index >= 0; index -= 1) {
    try {
      writeField(writer, 0x0a, writeValue, value[index]);
    } catch (error) {
      throw error instanceof EncodeError ? error.within(index) : error;
    }
  }
}
