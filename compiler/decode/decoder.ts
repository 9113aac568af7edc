import { type FieldDescriptor, readFields, readValues } from '../encode/descriptor.ts';
import { enums, messages } from '../encode/generated/descriptors.ts';
import { isWellKnown } from '../encode/well-known.ts';
import { DecodeError } from './decode-error.ts';
import { bufferOf, enumReader, type ScalarReader, scalarReaders } from './read-scalar.ts';
import { wellKnownReaders } from './well-known-readers.ts';
import { packedFields, type WireField, wireFields } from './wire-fields.ts';

export interface Decoder {
  /**
   * Decodes a message in protobuf's binary form to the proto3 JSON mapping with the proto's own field names (snake_case): what the
   * encoder takes. A field that smic doesn't know stands under its number, as base64 or text. Throws a DecodeError.
   */
  decode(messageName: string, bytes: Uint8Array): unknown;
}

type ReadMessage = (bytes: Uint8Array) => unknown;

const typePrefix = 'type.googleapis.com/';

/** A new decoder. It remembers descriptors. */
export function createDecoder(): Decoder {
  const known = new Map<string, ReadMessage>();
  const scalarKinds = new Map<string, ScalarReader | undefined>(Object.entries(scalarReaders));
  const readerOf = (typeName: string): ReadMessage => {
    const found = known.get(typeName) ?? createReader(typeName);
    known.set(typeName, found);
    return found;
  };
  const scalarOf = (typeName: string): ScalarReader | undefined => {
    if (!scalarKinds.has(typeName)) {
      scalarKinds.set(typeName, Object.hasOwn(enums, typeName) ? enumReader(new Map([...readValues(enums[typeName] ?? '')].map(([name, number]) => [number, name]))) : undefined);
    }
    return typeName === 'google.protobuf.NullValue' ? { wireType: 0, missing: null, read: () => null } : scalarKinds.get(typeName);
  };

  function createReader(typeName: string): ReadMessage {
    if (typeName === 'google.protobuf.Any') {
      return readAny;
    }
    const wellKnown = Object.hasOwn(wellKnownReaders, typeName) ? wellKnownReaders[typeName] : undefined;
    if (wellKnown) {
      return wellKnown;
    }
    if (!Object.hasOwn(messages, typeName)) {
      throw new DecodeError(`no descriptor of ${typeName}`);
    }
    const fields = new Map(readFields(messages[typeName] ?? '').map((field) => [field.number, field]));
    return (bytes) => {
      const message: Record<string, unknown> = {};
      for (const field of wireFields(bytes)) {
        const descriptor = fields.get(field.number);
        if (descriptor) {
          addField(message, descriptor, field, fields.values());
        } else {
          message[String(field.number)] = typeof field.value === 'bigint' ? String(field.value) : bufferOf(field).toString('base64');
        }
      }
      return message;
    };
  }

  function addField(message: Record<string, unknown>, descriptor: FieldDescriptor, field: WireField, siblings: Iterable<FieldDescriptor>): void {
    const { name, how, type, oneof } = descriptor;
    if (how === 'map') {
      const [key, value] = mapEntry(descriptor, bufferOf(field));
      // Defined, not assigned: a key may be `__proto__`.
      Object.defineProperty((message[name] ??= {}), key, { value, enumerable: true, configurable: true, writable: true });
      return;
    }
    if (how === 'repeated' || how === 'packed') {
      const scalar = scalarOf(type);
      // A reader takes numbers packed and unpacked, whichever the descriptor says.
      const parts = scalar && scalar.wireType !== 2 && field.wireType === 2 ? packedFields(bufferOf(field), field.number, scalar.wireType) : [field];
      const list = (message[name] ??= []) as unknown[];
      parts.forEach((part) => list.push(readOne(type, part)));
      return;
    }
    if (oneof >= 0) {
      for (const sibling of siblings) {
        if (sibling.oneof === oneof) {
          delete message[sibling.name];
        }
      }
    }
    message[name] = readOne(type, field);
  }

  function readOne(type: string, field: WireField): unknown {
    const scalar = scalarOf(type);
    return scalar ? scalar.read(field) : readerOf(type)(bufferOf(field));
  }

  function mapEntry({ keyType, type }: FieldDescriptor, bytes: Uint8Array): readonly [string, unknown] {
    const parts = [...wireFields(bytes)];
    const [key, value] = [1, 2].map((number) => parts.findLast((part) => part.number === number));
    const missing = (): unknown => scalarOf(type)?.missing ?? readerOf(type)(new Uint8Array());
    return [String(key ? readOne(keyType, key) : scalarOf(keyType)?.missing), value ? readOne(type, value) : missing()];
  }

  function readAny(bytes: Uint8Array): unknown {
    const parts = [...wireFields(bytes)];
    const [url, value] = [1, 2].map((number) => parts.findLast((part) => part.number === number));
    if (!url) {
      return {};
    }
    const typeUrl = bufferOf(url).toString('utf8');
    const typeName = typeUrl.slice(typePrefix.length);
    const content = value ? bufferOf(value) : new Uint8Array();
    if (!typeUrl.startsWith(typePrefix) || !(Object.hasOwn(messages, typeName) || isWellKnown(typeName))) {
      return { '@type': typeUrl, value: Buffer.from(content).toString('base64') };
    }
    const message = readerOf(typeName)(content);
    // Empty has no JSON form of its own but {}.
    const inValue = isWellKnown(typeName) && typeName !== 'google.protobuf.Empty';
    return inValue ? { '@type': typeUrl, value: message } : { '@type': typeUrl, ...(message as object) };
  }

  return { decode: (messageName, bytes) => readerOf(messageName)(bytes) };
}
