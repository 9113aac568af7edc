/** True if `text` is the manifest.json of an artifact of smic's, of whatever format version. */
export function isManifest(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'formatVersion' in value;
  } catch {
    return false;
  }
}
