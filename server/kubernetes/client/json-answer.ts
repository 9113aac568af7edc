import { ConnectionError } from './api-error.ts';
import type { ApiRequest, Transport } from './transport.ts';

/** The answer to a request, as JSON. Rejects as the transport does, and with a ConnectionError where the answer isn't JSON. */
export async function answerOf(transport: Transport, request: ApiRequest): Promise<unknown> {
  const { text } = await transport.text(request);
  return parseAnswer(text, transport);
}

/** An answer's JSON. Throws a ConnectionError where it is none: whatever has answered isn't a Kubernetes API server. */
export function parseAnswer(text: string, { access }: Transport): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConnectionError('BROKEN', `what answers at ${access.server} is not a Kubernetes API server`, error);
  }
}
