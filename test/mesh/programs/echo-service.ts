import type { MethodDefinition } from '@grpc/grpc-js';

const same = (bytes: Buffer): Buffer => bytes;

function method(name: string, isStream: boolean): MethodDefinition<Buffer, Buffer> {
  return {
    path: `/smic.test.Echo/${name}`,
    requestStream: isStream,
    responseStream: isStream,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
}

/** A gRPC service whose messages are bytes. */
export const echoService: { readonly once: MethodDefinition<Buffer, Buffer>; readonly stream: MethodDefinition<Buffer, Buffer> } = {
  once: method('Once', false),
  stream: method('Stream', true),
};
