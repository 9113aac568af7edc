import type { IncomingMessage } from 'node:http';
import { ConnectionError, errorOf } from './api-error.ts';
import { parseAnswer } from './json-answer.ts';
import type { KubeObject } from './kube-object.ts';
import { type ApiRequest, failureOf, type Transport } from './transport.ts';

/** One event of a watch. Of a BOOKMARK's object, only the resource version is there. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: KubeObject;
}

const newline = 0x0a;

/**
 * The events of a watch, until the server ends it. Throws an ApiError for what the server says is wrong (410: the resource version is
 * too old), a ConnectionError where the connection breaks or nothing comes for `silence` milliseconds, the signal's reason where it is
 * aborted. Leaving the loop closes the connection.
 */
export async function* watchEvents(transport: Transport, request: ApiRequest, silence: number, opened: () => void = () => {}): AsyncGenerator<WatchEvent> {
  const response = await transport.open(request);
  opened();
  try {
    for await (const line of linesOf(response, silence, transport)) {
      const event = parseAnswer(line, transport) as WatchEvent | { readonly type: 'ERROR'; readonly object: unknown };
      if (event.type === 'ERROR') {
        throw errorOf(500, JSON.stringify(event.object));
      }
      yield event;
    }
  } catch (error) {
    throw error instanceof Error && 'status' in error ? error : failureOf(error, request.signal, transport.access.server);
  } finally {
    response.destroy();
  }
}

async function* linesOf(response: IncomingMessage, silence: number, { access }: Transport): AsyncGenerator<string> {
  const silent = (): void => void response.destroy(new ConnectionError('SILENT', `the API server at ${access.server} sent nothing in a watch for ${silence / 1000} s`));
  let limit = setTimeout(silent, silence);
  let rest: Buffer[] = [];
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      clearTimeout(limit);
      let start = 0;
      for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
        const line = Buffer.concat([...rest, chunk.subarray(start, end)]).toString('utf8');
        rest = [];
        start = end + 1;
        if (line !== '') {
          yield line;
        }
      }
      if (start < chunk.length) {
        rest.push(chunk.subarray(start));
      }
      clearTimeout(limit);
      limit = setTimeout(silent, silence);
    }
  } finally {
    clearTimeout(limit);
  }
}
