// schemas/*.schema.json → compiler/resources/generated/{validators.js,validators.d.ts,types.ts}
import { readdirSync, readFileSync } from 'node:fs';
import ajvModule from 'ajv';
import standaloneModule from 'ajv/dist/standalone/index.js';
import { transformSync } from 'esbuild';
import { compile } from 'json-schema-to-typescript';
import { fieldTree, type Schema } from './field-tree.ts';
import { writeGenerated } from './write-generated.ts';

const suffix = '.schema.json';
const output = 'compiler/resources/generated';
const header = '// Made from schemas/*.schema.json by scripts/generate/validators.ts.\n';

const schemas = new Map<string, Schema>();
for (const file of readdirSync('schemas').sort()) {
  if (file.endsWith(suffix)) {
    schemas.set(file, JSON.parse(readFileSync(`schemas/${file}`, 'utf8')) as Schema);
  }
}
// The others (metadata, pod templates) are parts of these.
const kinds = [...schemas].filter(([, schema]) => schema.properties?.['apiVersion'] !== undefined);

// Both packages are CommonJS: their main export is `default` once more.
const ajv = new ajvModule.default({
  allErrors: true,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  messages: false,
  // Parts that several kinds share become one function.
  inlineRefs: false,
  code: { source: true, esm: true, lines: true },
});
for (const [file, schema] of schemas) {
  ajv.addSchema(withoutWords(schema), file);
}
const code = standaloneModule.default(ajv, Object.fromEntries(kinds.map(([file]) => [camelCase(file), file])));
if (/\brequire\(|^import /m.test(code)) {
  throw new Error('a schema uses a keyword (minLength, maxLength, uniqueItems, format) whose validator needs ajv at run time');
}
const fields = Object.fromEntries(kinds.map(([file, schema]) => [camelCase(file), fieldTree(schema, schemas)]));
const minified = transformSync(shorter(code), { minify: true, format: 'esm', target: 'es2022' }).code;
writeGenerated(`${output}/validators.js`, `${header}${minified}export const fields=${JSON.stringify(fields)};\n`);

const declarations = kinds.map(([file, { title }]) => `export declare const ${camelCase(file)}: Validator<types.${title}>;\n`);
writeGenerated(
  `${output}/validators.d.ts`,
  `${header}import type { FieldTree, Validator } from '../validator.ts';
import type * as types from './types.ts';

${declarations.join('')}
/** Known fields, by validator. */
export declare const fields: Readonly<Record<string, FieldTree>>;
`,
);

const types = await compile({ title: 'Written', oneOf: kinds.map(([file]) => ({ $ref: file })) }, 'Written', {
  cwd: 'schemas',
  bannerComment: header,
  additionalProperties: false,
  format: false,
  enableConstEnums: false,
});
writeGenerated(`${output}/types.ts`, types);

function camelCase(file: string): string {
  return file.slice(0, -suffix.length).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * Ajv's way of keeping an error, which makes up most of its code, in fewer words, and without the part (`schemaPath`)
 * that nobody reads: a third of the size, and so of the time to start.
 */
function shorter(source: string): string {
  const keeping =
    /const (err\d+) = \{instancePath(.*?),schemaPath:"[^"]*",(keyword:.*)\};\nif\(vErrors === null\)\{\nvErrors = \[\1\];\n\}\nelse \{\nvErrors\.push\(\1\);\n\}\n/g;
  const result = source.replace(keeping, '(vErrors ??= []).push({instancePath$2,$3});\n');
  if (result.includes('vErrors.push(')) {
    throw new Error("ajv's code has changed its way of keeping errors");
  }
  return result;
}

/** The schema without what is there for readers: ajv's code would carry it. */
function withoutWords<Value>(value: Value): Value {
  const words = new Set(['$schema', 'title', 'description', 'default', 'examples']);
  return JSON.parse(JSON.stringify(value, (key, part: unknown) => (words.has(key) && typeof part !== 'object' ? undefined : part))) as Value;
}
