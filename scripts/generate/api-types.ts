import { type DescEnum, type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { apiNames } from './api-names.ts';
import type { EnvoyMessages } from './envoy-messages.ts';

/** JSON forms of protobuf's well-known types. */
const wellKnownTypes: Readonly<Record<string, string>> = {
  'google.protobuf.Any': 'TypedConfig',
  'google.protobuf.BoolValue': 'boolean',
  'google.protobuf.BytesValue': 'string',
  'google.protobuf.DoubleValue': 'number',
  'google.protobuf.Duration': 'string',
  'google.protobuf.Empty': 'Record<string, never>',
  'google.protobuf.FloatValue': 'number',
  'google.protobuf.Int32Value': 'number',
  'google.protobuf.Int64Value': 'number | string',
  'google.protobuf.ListValue': 'readonly JsonValue[]',
  'google.protobuf.NullValue': 'null',
  'google.protobuf.StringValue': 'string',
  'google.protobuf.Struct': 'JsonObject',
  'google.protobuf.Timestamp': 'string',
  'google.protobuf.UInt32Value': 'number',
  'google.protobuf.UInt64Value': 'number | string',
  'google.protobuf.Value': 'JsonValue',
};

const scalarTypes: Partial<Record<ScalarType, string>> = {
  [ScalarType.BOOL]: 'boolean',
  [ScalarType.BYTES]: 'string',
  [ScalarType.STRING]: 'string',
  [ScalarType.INT64]: 'number | string',
  [ScalarType.UINT64]: 'number | string',
  [ScalarType.FIXED64]: 'number | string',
  [ScalarType.SFIXED64]: 'number | string',
  [ScalarType.SINT64]: 'number | string',
};

/** The module compiler/envoy/generated/api.ts. */
export function apiTypes(api: EnvoyMessages): string {
  const names = apiNames(api);
  const nameOf = (typeName: string): string => names.get(typeName) ?? typeName;
  const blocks = [
    ...api.messages.map((message) => [nameOf(message.typeName), messageType(message, names)] as const),
    ...api.enums.map((one) => [nameOf(one.typeName), enumType(one, names)] as const),
  ];
  blocks.sort(([a], [b]) => (a < b ? -1 : 1));
  const typed = api.typed.map((name) => `\n  | ({ readonly '@type': 'type.googleapis.com/${name}' } & ${nameOf(name)})`);
  return `// Made from proto/envoy-1.40.0.binpb by scripts/generate/envoy-api.ts.

/*
 * Envoy's API in the proto3 JSON mapping, with the proto's own field names (snake_case). Durations are texts such as \`1.5s\`, bytes
 * are base64, wrapped scalars are plain scalars. Of the fields under one \`oneof\` comment at most one may be set.
 */

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** A google.protobuf.Any: the message that \`@type\` names. */
export type TypedConfig =${typed.join('')};

${blocks.map(([, text]) => text).join('\n')}`;
}

function messageType(message: DescMessage, names: ReadonlyMap<string, string>): string {
  const fields = message.fields.map((field) => {
    const remarks = [field.oneof && `oneof ${field.oneof.name}`, field.deprecated && '@deprecated'].filter(Boolean);
    const comment = remarks.length > 0 ? `  /** ${remarks.join('; ')} */\n` : '';
    return `${comment}  readonly ${field.name}?: ${fieldType(field, names)};\n`;
  });
  const name = names.get(message.typeName) ?? message.name;
  const doc = `/** ${message.typeName} */\n`;
  return fields.length === 0
    ? `${doc}export type ${name} = Readonly<Record<never, never>>;\n`
    : `${doc}export interface ${name} {\n${fields.join('')}}\n`;
}

function enumType(one: DescEnum, names: ReadonlyMap<string, string>): string {
  const values = one.values.map((value) => `'${value.name}'`);
  return `/** ${one.typeName} */\nexport type ${names.get(one.typeName) ?? one.name} = ${values.join(' | ')};\n`;
}

function fieldType(field: DescField, names: ReadonlyMap<string, string>): string {
  const typeName = field.message?.typeName ?? field.enum?.typeName;
  const type =
    typeName === undefined
      ? (scalarTypes[field.scalar ?? ScalarType.STRING] ?? 'number')
      : (wellKnownTypes[typeName] ?? names.get(typeName) ?? typeName);
  if (field.fieldKind === 'map') {
    return `Readonly<Record<string, ${type}>>`;
  }
  if (field.fieldKind === 'list') {
    return /[ |]/.test(type) ? `readonly (${type})[]` : `readonly ${type}[]`;
  }
  return type;
}
