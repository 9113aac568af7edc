import { type DescField, ScalarType } from '@bufbuild/protobuf';
import type { EnvoyMessages } from './envoy-messages.ts';

/** The module compiler/encode/generated/descriptors.ts: a line a message, a line an enum. compiler/encode/descriptor.ts reads the lines. */
export function descriptorTable({ messages, enums }: EnvoyMessages): string {
  const messageLines = messages.map((message) => {
    const oneofs = message.oneofs.map((oneof) => oneof.name);
    if (oneofs.length > 31) {
      throw new Error(`${message.typeName} has more oneofs than the encoder can tell apart`);
    }
    const fields = [...message.fields].sort((a, b) => a.number - b.number);
    return `  '${message.typeName}': '${fields.map((field) => fieldWords(field, oneofs)).join(',')}',\n`;
  });
  const enumLines = enums.map(
    (one) => `  '${one.typeName}': '${one.values.map((value) => `${value.name} ${value.number}`).join(',')}',\n`,
  );
  return `// Made from proto/envoy-1.40.0.binpb by scripts/generate/envoy-api.ts.

/** Full name → fields in the order of their numbers: \`<number> <name> <type> [<how>]\`. */
export const messages: Readonly<Record<string, string>> = {
${messageLines.join('')}};

/** Full name → values: \`<name> <number>\`. */
export const enums: Readonly<Record<string, string>> = {
${enumLines.join('')}};
`;
}

/** The words after number and name: a type, and one of `repeated`, `packed`, `map:<key type>`, `optional`, `oneof:<index>`. */
function fieldWords(field: DescField, oneofs: readonly string[]): string {
  const words = [String(field.number), field.name, typeWord(field)];
  if (field.fieldKind === 'map') {
    words.push(`map:${scalarWord(field.mapKey)}`);
  } else if (field.fieldKind === 'list') {
    words.push(field.packed ? 'packed' : 'repeated');
  } else if (field.oneof) {
    words.push(`oneof:${oneofs.indexOf(field.oneof.name)}`);
  } else if (field.fieldKind !== 'message' && field.proto.proto3Optional) {
    words.push('optional');
  }
  return words.join(' ');
}

function typeWord(field: DescField): string {
  const type = field.message ?? field.enum;
  return type ? type.typeName : scalarWord(field.scalar ?? ScalarType.STRING);
}

function scalarWord(scalar: ScalarType): string {
  return String(ScalarType[scalar]).toLowerCase();
}
