import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { NotAFileError } from './input-problem.ts';

const chunkBytes = 64 * 1024;

/**
 * The bytes of a file; or, where it has more than `maxBytes`, its size, without having read it.
 * Throws a file system error, or `NotAFileError` for a device, pipe or socket, which it doesn't wait for.
 */
export async function readBounded(file: string, maxBytes: number): Promise<Uint8Array | number> {
  // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const status = await handle.stat();
    if (!status.isFile()) throw new NotAFileError();
    if (status.size > maxBytes) return status.size;
    // The size may be wrong: a file can grow meanwhile, and those in /proc have none. One byte more than told shows the end.
    let buffer = Buffer.allocUnsafe(Math.min(Math.max(status.size, chunkBytes), maxBytes) + 1);
    let length = 0;
    for (;;) {
      if (length === buffer.length) buffer = Buffer.concat([buffer], Math.min(buffer.length * 2, maxBytes + 1));
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
      length += bytesRead;
      if (length > maxBytes) return length;
      if (bytesRead === 0) return buffer.subarray(0, length);
    }
  } finally {
    await handle.close();
  }
}

/** The bytes of a stream, or undefined where it has more than `maxBytes`: the rest is then not read. */
export async function readStream(stream: AsyncIterable<Uint8Array | string>, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    length += bytes.length;
    if (length > maxBytes) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
