/** A field of a message, as `generated/descriptors.ts` has it. */
export interface FieldDescriptor {
  readonly number: number;
  readonly name: string;
  /** A scalar's name, or the full name of a message or an enum. */
  readonly type: string;
  /** `singular` without presence: a default value isn't written. */
  readonly how: 'singular' | 'optional' | 'repeated' | 'packed' | 'map' | 'oneof';
  /** The key's type, of a map. */
  readonly keyType: string;
  /** Which oneof of the message the field is in; -1: none. */
  readonly oneof: number;
}

/** Reads a message's line of the table: `<number> <name> <type> [<how>]`, with commas between fields. */
export function readFields(line: string): readonly FieldDescriptor[] {
  if (line === '') {
    return [];
  }
  return line.split(',').map((words) => {
    const [number = '', name = '', type = '', label = 'singular'] = words.split(' ');
    const [how = '', detail = ''] = label.split(':');
    return {
      number: Number(number),
      name,
      type,
      how: how as FieldDescriptor['how'],
      keyType: how === 'map' ? detail : '',
      oneof: how === 'oneof' ? Number(detail) : -1,
    };
  });
}

/** Reads an enum's line of the table: `<name> <number>`, with commas between values. */
export function readValues(line: string): ReadonlyMap<string, number> {
  return new Map(
    line.split(',').map((words) => {
      const [name = '', number = ''] = words.split(' ');
      return [name, Number(number)];
    }),
  );
}
