import { fieldHead, varints } from '../../configuration/any-message.ts';

/** A text field of protobuf's; nothing where it's empty, the default. */
export function textField(field: number, text: string): readonly Uint8Array[] {
  return text === '' ? [] : bytesField(field, Buffer.from(text));
}

/** A length-delimited field: a message or bytes, given in pieces. Written also where it's empty: that a message is there can matter. */
export function bytesField(field: number, ...pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  return [fieldHead(field, pieces.reduce((sum, { length }) => sum + length, 0)), ...pieces];
}

/** An integer below 2^53 that isn't negative; nothing where it's 0, the default. */
export function numberField(field: number, value: number): readonly Uint8Array[] {
  return value === 0 ? [] : [varints(field * 8, value)];
}
