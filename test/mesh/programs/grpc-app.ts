import { Server, ServerCredentials, type ServerDuplexStream, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import type { Program } from '../../../demo/pod/pod-process.ts';
import { echoService } from './echo-service.ts';

/** gRPC without TLS: sends back what it gets, once or message by message. Option `port`. */
export const grpcApp: Program = async ({ port }) => {
  const server = new Server();
  server.addService(echoService, {
    once: (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => answer(null, call.request),
    stream: (call: ServerDuplexStream<Buffer, Buffer>) => {
      call.on('data', (message: Buffer) => call.write(message));
      call.on('end', () => call.end());
      call.on('error', () => {});
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`[::]:${port}`, ServerCredentials.createInsecure(), (error) => (error ? reject(error) : resolve()));
  });
  return {};
};
