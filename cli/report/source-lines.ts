/** Finds lines (from 1) of files; each file is split once, and only if it is asked for. */
export function createSourceLines(files: ReadonlyMap<string, string>): (file: string, line: number) => string | undefined {
  const split = new Map<string, readonly string[]>();
  return (file, line) => {
    let lines = split.get(file);
    if (!lines) {
      lines = files.get(file)?.split(/\r\n|\n|\r/) ?? [];
      split.set(file, lines);
    }
    return lines[line - 1];
  };
}
