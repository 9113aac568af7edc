import { readFileSync } from 'node:fs';

/** A `.proto` file as descriptor. */
interface DescriptorFile {
  readonly name: string;
  readonly dependencies: readonly string[];
  /** A google.protobuf.FileDescriptorProto in its binary encoding. */
  readonly bytes: Uint8Array;
}

/** Envoy's API as a google.protobuf.FileDescriptorSet: in the sources, and beside what the build makes of them. */
const descriptorSet = new URL('../../proto/envoy-1.40.0.binpb', import.meta.url);

/** The descriptors of `.proto` files of Envoy's API and of all that they import, each a google.protobuf.FileDescriptorProto. */
export function descriptorFiles(names: readonly string[]): readonly Uint8Array[] {
  // FileDescriptorSet.file = 1, FileDescriptorProto.name = 1, .dependency = 3
  const files = new Map(
    readFields(readFileSync(descriptorSet)).map(({ bytes }) => {
      const fields = readFields(bytes);
      const texts = (number: number): readonly string[] => fields.filter((field) => field.number === number).map((field) => Buffer.from(field.bytes).toString());
      const file: DescriptorFile = { name: texts(1)[0] ?? '', dependencies: texts(3), bytes };
      return [file.name, file] as const;
    }),
  );
  const found = new Set<DescriptorFile>();
  const visit = (name: string): void => {
    const file = files.get(name);
    if (file !== undefined && !found.has(file)) {
      found.add(file);
      file.dependencies.forEach(visit);
    }
  };
  names.forEach(visit);
  return [...found].map(({ bytes }) => bytes);
}

/** The length-delimited fields of a message, in their order. Descriptors have no groups, and their fixed-width fields are in options, which aren't entered. */
function readFields(message: Uint8Array): readonly { readonly number: number; readonly bytes: Uint8Array }[] {
  const fields: { readonly number: number; readonly bytes: Uint8Array }[] = [];
  let offset = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[offset++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        return value;
      }
    }
  };
  while (offset < message.length) {
    const tag = varint();
    if (tag % 8 === 0) {
      varint();
    } else if (tag % 8 === 2) {
      const length = varint();
      fields.push({ number: Math.floor(tag / 8), bytes: message.subarray(offset, offset + length) });
      offset += length;
    } else {
      throw new Error(`a descriptor has a field of wire type ${tag % 8}`);
    }
  }
  return fields;
}
