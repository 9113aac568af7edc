/** True if `text` is the manifest.json of an artifact of smic's, of whatever format version. */
export function isManifest(text: string): boolean {
  // Any JSON file may be asked: most are told apart without being parsed.
  if (!text.includes('"formatVersion"')) {
    return false;
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'formatVersion' in value && 'mesh' in value && 'proxies' in value;
  } catch {
    return false;
  }
}
