import { EncodeError, shown } from './encode-error.ts';
import { isObject, type MessageWriter, type MessageWriters } from './message-writer.ts';
import { isWellKnown } from './well-known.ts';

const prefix = 'type.googleapis.com/';

/** What is needed to write an Any of one type. */
interface AnyType {
  readonly typeName: string;
  readonly write: MessageWriter;
  readonly url: Uint8Array;
}

/**
 * google.protobuf.Any: `@type` beside the message's own fields, or beside `value` where the message is a well-known type, which
 * has a JSON form of its own. `{}` is an Any that holds nothing.
 */
export function anyWriter(writers: MessageWriters): MessageWriter {
  const types = new Map<unknown, AnyType>();
  return (writer, value) => {
    if (!isObject(value)) {
      throw new EncodeError(`expected an object with "@type", found ${shown(value)}`);
    }
    const url = value['@type'];
    let type = types.get(url);
    if (!type) {
      if (url === undefined && Object.keys(value).length === 0) {
        return;
      }
      type = anyType(url, writers);
      types.set(url, type);
    }
    const before = writer.written;
    if (isWellKnown(type.typeName)) {
      type.write(writer, wellKnownValue(type.typeName, value));
    } else {
      type.write(writer, value, true);
    }
    const length = writer.written - before;
    if (length > 0) {
      writer.varint(length);
      writer.varint(0x12);
    }
    writer.bytes(type.url);
    writer.varint(type.url.length);
    writer.varint(0x0a);
  };
}

function anyType(url: unknown, writers: MessageWriters): AnyType {
  const typeName = typeof url === 'string' && url.startsWith(prefix) ? url.slice(prefix.length) : undefined;
  const write = typeName === undefined ? undefined : writers(typeName);
  if (typeName === undefined || !write) {
    throw new EncodeError(`"@type" is ${shown(url)}: expected ${prefix} and the name of a message that smic knows`);
  }
  return { typeName, write, url: Buffer.from(prefix + typeName) };
}

function wellKnownValue(typeName: string, value: Readonly<Record<string, unknown>>): unknown {
  const unknown = Object.keys(value).find((key) => key !== '@type' && key !== 'value');
  if (unknown !== undefined) {
    throw new EncodeError(`unknown field "${unknown}": an Any of ${typeName} has "value"`);
  }
  if (value['value'] === undefined) {
    if (typeName === 'google.protobuf.Empty') {
      return {};
    }
    throw new EncodeError(`"value" is missing: an Any of ${typeName} has it`);
  }
  return value['value'];
}
