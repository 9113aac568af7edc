import { EncodeError, shown } from './encode-error.ts';
import type { FieldWriter } from './field-writer.ts';
import { isObject, type MessageWriter } from './message-writer.ts';

/** The writer of a message with these fields: in the order of their numbers, each at most once, nothing unknown. */
export function planWriter(typeName: string, fields: readonly FieldWriter[]): MessageWriter {
  const byName = new Map(fields.map((field) => [field.name, field]));
  return (writer, value, inAny = false) => {
    if (!isObject(value)) {
      throw new EncodeError(`expected an object, found ${shown(value)}`);
    }
    const present: FieldWriter[] = [];
    let oneofs = 0;
    for (const key of Object.keys(value)) {
      const member = value[key];
      const field = byName.get(key);
      if (!field) {
        if (key === '@type' && inAny) {
          continue;
        }
        throw new EncodeError(`${typeName} has no field "${key}"`);
      }
      if (member === undefined || (member === null && !field.takesNull)) {
        continue;
      }
      if (field.oneof >= 0) {
        const bit = 1 << field.oneof;
        if ((oneofs & bit) !== 0) {
          const other = present.find((one) => one.oneof === field.oneof);
          throw new EncodeError(`"${key}" and "${other?.name}" exclude each other`);
        }
        oneofs |= bit;
      }
      insertByNumber(present, field);
    }
    let field: FieldWriter | undefined;
    try {
      for (let index = present.length - 1; index >= 0; index -= 1) {
        field = present[index];
        field?.write(writer, value[field.name]);
      }
    } catch (error) {
      throw error instanceof EncodeError && field ? error.within(field.name) : error;
    }
  };
}

/** Builders mostly name fields in order, so that there is little to move. */
function insertByNumber(fields: FieldWriter[], field: FieldWriter): void {
  let index = fields.length;
  fields.push(field);
  for (; index > 0; index -= 1) {
    const before = fields[index - 1];
    if (!before || before.number <= field.number) {
      break;
    }
    fields[index] = before;
  }
  fields[index] = field;
}
