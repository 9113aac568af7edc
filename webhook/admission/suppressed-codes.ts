/** On an object: the codes, separated by commas, that are not to be reported about it. */
export const suppressAnnotation = 'smic.dev/suppress';

/** The codes that an object doesn't want to hear of, as it writes them, in capitals. Errors among them have no effect. */
export function suppressedCodes(object: Readonly<Record<string, unknown>>): readonly string[] {
  const value = mapping(mapping(object['metadata'])['annotations'])[suppressAnnotation];
  return typeof value === 'string' ? value.split(',').map((code) => code.trim().toUpperCase()).filter((code) => code !== '') : [];
}

function mapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
