import type { Writer } from './writer.ts';

/** Writes a message's content, without its length. `inAny`: `@type` stands beside the fields. Throws an EncodeError where the value isn't such a message. */
export type MessageWriter = (writer: Writer, value: unknown, inAny?: boolean) => void;

/** Gives the writer of a message by full name; undefined: no such message. */
export type MessageWriters = (typeName: string) => MessageWriter | undefined;

/** Writes a message as a field: content, length, tag. */
export function writeField(writer: Writer, tag: number, write: MessageWriter, value: unknown): void {
  const before = writer.written;
  write(writer, value);
  writer.varint(writer.written - before);
  writer.varint(tag);
}

/** A JSON object; not a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
