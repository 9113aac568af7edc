import { EncodeError, shown } from './encode-error.ts';
import type { FieldWriter } from './field-writer.ts';
import { isObject, type MessageWriter } from './message-writer.ts';

/** Fields of the messages that are being written, outermost message first. Reused, since a list for each message would cost more than what it holds. */
export interface FieldStack {
  readonly fields: FieldWriter[];
  readonly values: unknown[];
  size: number;
}

export function createFieldStack(): FieldStack {
  return { fields: [], values: [], size: 0 };
}

/** The writer of a message with these fields: in the order of their numbers, each at most once, nothing unknown. */
export function planWriter(typeName: string, fields: readonly FieldWriter[], stack: FieldStack): MessageWriter {
  const byName = new Map(fields.map((field) => [field.name, field]));
  return (writer, value, inAny = false) => {
    if (!isObject(value)) {
      throw new EncodeError(`expected an object, found ${shown(value)}`);
    }
    const base = stack.size;
    let oneofs = 0;
    // For a plain object this gives what Object.keys gives, without a list of them.
    for (const key in value) {
      const member = value[key];
      const field = byName.get(key);
      if (field === undefined) {
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
          const other = stack.fields.slice(base, stack.size).find((one) => one.oneof === field.oneof);
          throw new EncodeError(`"${key}" and "${other?.name}" exclude each other`);
        }
        oneofs |= bit;
      }
      push(stack, base, field, member);
    }
    while (stack.size > base) {
      stack.size -= 1;
      const field = stack.fields[stack.size];
      try {
        field?.write(writer, stack.values[stack.size]);
      } catch (error) {
        throw error instanceof EncodeError && field ? error.within(field.name) : error;
      }
    }
  };
}

/** Inserts by number. Builders mostly name fields in order, so that there is little to move. */
function push(stack: FieldStack, base: number, field: FieldWriter, value: unknown): void {
  const { fields, values } = stack;
  let index = stack.size;
  for (; index > base; index -= 1) {
    const before = fields[index - 1];
    if (before === undefined || before.number <= field.number) {
      break;
    }
    fields[index] = before;
    values[index] = values[index - 1];
  }
  fields[index] = field;
  values[index] = value;
  stack.size += 1;
}
