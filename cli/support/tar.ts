import type { DumpFile } from './collect-dump.ts';

const block = 512;

/** A tar archive (POSIX ustar) of text files in a folder, readable by their owner. No times, no names of users. */
export function tar(folder: string, files: readonly DumpFile[]): Buffer {
  const parts = files.flatMap(({ path, text }) => {
    const content = Buffer.from(text);
    return [header(`${folder}/${path}`, content.length), content, Buffer.alloc((block - (content.length % block)) % block)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

function header(path: string, size: number): Buffer {
  const bytes = Buffer.alloc(block);
  const [prefix, name] = split(path);
  bytes.write(name, 0, 100);
  bytes.write(octal(0o600, 8), 100);
  bytes.write(octal(0, 8), 108);
  bytes.write(octal(0, 8), 116);
  bytes.write(octal(size, 12), 124);
  bytes.write(octal(0, 12), 136);
  bytes.write(' '.repeat(8), 148);
  bytes.write('0', 156);
  bytes.write('ustar\u000000', 257, 'latin1');
  bytes.write(prefix, 345, 155);
  bytes.write(`${octal(bytes.reduce((sum, byte) => sum + byte, 0), 7)}\u0000 `, 148, 8, 'latin1');
  return bytes;
}

/** Paths of more than 100 bytes have their beginning elsewhere. */
function split(path: string): readonly [prefix: string, name: string] {
  if (Buffer.byteLength(path) <= 100) {
    return ['', path];
  }
  const slash = path.indexOf('/', Buffer.byteLength(path) - 101);
  return slash === -1 ? ['', path.slice(-100)] : [path.slice(0, slash), path.slice(slash + 1)];
}

/** Of `width` bytes, the last a NUL. */
function octal(value: number, width: number): string {
  return value.toString(8).padStart(width - 1, '0');
}
