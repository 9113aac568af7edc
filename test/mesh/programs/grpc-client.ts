import { Client, credentials } from '@grpc/grpc-js';
import type { Program } from '../../../demo/pod/pod-process.ts';
import { echoService } from './echo-service.ts';

/** `messages` are sent one after another, each after the answer to the one before. */
export interface GrpcCall {
  /** `host:port` */
  readonly target: string;
  readonly messages: readonly string[];
}

export interface GrpcAnswer {
  readonly messages: readonly string[];
  /** gRPC's status code; 0 is OK. */
  readonly status: number;
}

/** Commands `grpcOnce` (a call for each message) and `grpcStream` (one call for all): GrpcCall → GrpcAnswer. */
export const grpcClient: Program = async () => ({
  grpcOnce: (call) => once(call as GrpcCall),
  grpcStream: (call) => stream(call as GrpcCall),
});

async function once({ target, messages }: GrpcCall): Promise<GrpcAnswer> {
  const client = new Client(target, credentials.createInsecure());
  const received: string[] = [];
  const { path, requestSerialize, responseDeserialize } = echoService.once;
  for (const message of messages) {
    const answer = await new Promise<Buffer | number>((resolve) => {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, Buffer.from(message), (error, bytes) => resolve(error?.code ?? bytes ?? 2));
    });
    if (typeof answer === 'number') {
      client.close();
      return { messages: received, status: answer };
    }
    received.push(answer.toString());
  }
  client.close();
  return { messages: received, status: 0 };
}

function stream({ target, messages }: GrpcCall): Promise<GrpcAnswer> {
  const client = new Client(target, credentials.createInsecure());
  const received: string[] = [];
  const { path, requestSerialize, responseDeserialize } = echoService.stream;
  return new Promise((resolve) => {
    const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    const next = (): void => {
      const message = messages[received.length];
      if (message === undefined) {
        call.end();
      } else {
        call.write(Buffer.from(message));
      }
    };
    call.on('data', (bytes: Buffer) => {
      received.push(bytes.toString());
      next();
    });
    // The status says it.
    call.on('error', () => {});
    call.on('status', ({ code }) => {
      client.close();
      resolve({ messages: received, status: code });
    });
    next();
  });
}
