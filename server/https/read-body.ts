import type { IncomingMessage } from 'node:http';

/** The body of a request; undefined where it is longer than that, and then it's not read on. Rejects where the client goes away. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
    return undefined;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      request.off('data', take).off('end', end).off('error', reject).off('close', gone);
    };
    const take = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > maxBytes) {
        stop();
        request.pause();
        resolve(undefined);
      } else {
        chunks.push(chunk);
      }
    };
    const end = (): void => {
      stop();
      resolve(Buffer.concat(chunks, length));
    };
    const gone = (): void => reject(new Error('the client has gone'));
    request.on('data', take).on('end', end).on('error', reject).on('close', gone);
  });
}
