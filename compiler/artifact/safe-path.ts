/** The longest name of a file or folder that common file systems take. */
const longest = 255;

/** Like a DNS name, with `~` and `+` of a proxy class's name; nowhere two dots in a row. */
const segment = /^(?!.*\.\.)[a-z0-9](?:[a-z0-9.+~-]*[a-z0-9])?$/;

/**
 * Whether a name can be a folder below an artifact's. Names come from the user's objects and were checked where those were read;
 * this is the last line before a file is written or read.
 */
export function isSafeSegment(name: string): boolean {
  return name.length <= longest && segment.test(name);
}
