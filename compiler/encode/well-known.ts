import { EncodeError, shown } from './encode-error.ts';
import { isObject, type MessageWriter } from './message-writer.ts';
import { type Scalar, scalars } from './scalar.ts';
import { writeListValue, writeStruct, writeValue } from './struct.ts';
import { type Instant, readDuration, readTimestamp } from './time.ts';

/** Protobuf's own message types that have a JSON form of their own; all but google.protobuf.Any, which needs to know the others. */
export const wellKnownWriters: Readonly<Record<string, MessageWriter>> = {
  'google.protobuf.BoolValue': wrapper(scalars['bool']),
  'google.protobuf.BytesValue': wrapper(scalars['bytes']),
  'google.protobuf.DoubleValue': wrapper(scalars['double']),
  'google.protobuf.Duration': instant(readDuration),
  'google.protobuf.Empty': writeEmpty,
  'google.protobuf.FloatValue': wrapper(scalars['float']),
  'google.protobuf.Int32Value': wrapper(scalars['int32']),
  'google.protobuf.Int64Value': wrapper(scalars['int64']),
  'google.protobuf.ListValue': writeListValue,
  'google.protobuf.StringValue': wrapper(scalars['string']),
  'google.protobuf.Struct': writeStruct,
  'google.protobuf.Timestamp': instant(readTimestamp),
  'google.protobuf.UInt32Value': wrapper(scalars['uint32']),
  'google.protobuf.UInt64Value': wrapper(scalars['uint64']),
  'google.protobuf.Value': writeValue,
};

/** Whether a message has a JSON form of its own, so that an Any holds it under `value`. */
export function isWellKnown(typeName: string): boolean {
  return typeName.startsWith('google.protobuf.');
}

/** A message whose one field is `value`, written without it. */
function wrapper(scalar: Scalar | undefined): MessageWriter {
  return (writer, value) => {
    const read = scalar?.read(value);
    if (scalar && !scalar.isDefault(read)) {
      scalar.write(writer, read);
      writer.varint((1 << 3) | scalar.wireType);
    }
  };
}

/** `seconds` (int64) and `nanos` (int32). */
function instant(read: (value: unknown) => Instant): MessageWriter {
  const writeNumber = (writer: Parameters<MessageWriter>[0], tag: number, value: number): void => {
    if (value !== 0) {
      if (value > 0 && value <= 0xffffffff) {
        writer.varint(value);
      } else {
        writer.varint64(BigInt.asUintN(64, BigInt(value)));
      }
      writer.varint(tag);
    }
  };
  return (writer, value) => {
    const { seconds, nanoseconds } = read(value);
    writeNumber(writer, 0x10, nanoseconds);
    writeNumber(writer, 0x08, seconds);
  };
}

function writeEmpty(_: unknown, value: unknown): void {
  if (!isObject(value) || Object.keys(value).length > 0) {
    throw new EncodeError(`expected {}, found ${shown(value)}`);
  }
}
