/** States what must hold if smic is right. Throws an Error that asks for a report where it doesn't. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) {
    throw new Error(`This is a fault in smic, not in your input: ${message}. Please report it, with the input if you can share it.`);
  }
}
