import { readFileSync } from 'node:fs';
import { createFileRegistry, type DescEnum, type DescField, type DescMessage, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/** What smic writes of Envoy's API: the messages that proto/roots.txt names, and all that they reach. */
export interface EnvoyMessages {
  /** Full names of the messages that xDS serves. */
  readonly resources: readonly string[];
  /** Full names of the messages that stand in a google.protobuf.Any. */
  readonly typed: readonly string[];
  /** Sorted by full name, without protobuf's well-known types. */
  readonly messages: readonly DescMessage[];
  /** Sorted by full name. */
  readonly enums: readonly DescEnum[];
}

/** Reads the roots and the descriptors; throws where a root is missing in the descriptors or a message uses what the encoder lacks. */
export function readEnvoyMessages(rootsFile: string, descriptorsFile: string): EnvoyMessages {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(descriptorsFile)));
  const lines = readFileSync(rootsFile, 'utf8').split('\n');
  const rootsOf = (kind: string): string[] =>
    lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length).trim());
  const resources = rootsOf('resource');
  const typed = rootsOf('typed');
  const messages = new Map<string, DescMessage>();
  const enums = new Map<string, DescEnum>();
  const visit = (message: DescMessage): void => {
    if (messages.has(message.typeName) || isWellKnown(message.typeName)) {
      return;
    }
    messages.set(message.typeName, message);
    for (const field of message.fields) {
      refuseUnsupported(field);
      if (field.message) {
        visit(field.message);
      }
      if (field.enum && !isWellKnown(field.enum.typeName)) {
        enums.set(field.enum.typeName, field.enum);
      }
    }
  };
  for (const root of [...resources, ...typed]) {
    const message = registry.getMessage(root);
    if (!message) {
      throw new Error(`${descriptorsFile} lacks ${root}, which ${rootsFile} names`);
    }
    visit(message);
  }
  return { resources, typed, messages: sortedByName(messages), enums: sortedByName(enums) };
}

/** Protobuf's own types, which have a JSON form of their own. */
function isWellKnown(typeName: string): boolean {
  return typeName.startsWith('google.protobuf.');
}

function refuseUnsupported(field: DescField): void {
  const name = `${field.parent.typeName}.${field.name}`;
  if (field.fieldKind === 'message' && field.delimitedEncoding) {
    throw new Error(`${name} is a group: the encoder can't write groups`);
  }
  if (field.proto.label === 2) {
    throw new Error(`${name} is required: the encoder doesn't check required fields`);
  }
  if (field.message?.typeName === 'google.protobuf.FieldMask') {
    throw new Error(`${name}: the encoder lacks google.protobuf.FieldMask`);
  }
}

function sortedByName<T>(map: ReadonlyMap<string, T>): T[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
