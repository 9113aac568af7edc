import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import type { Program } from '../../../demo/pod/pod-process.ts';

const same = (bytes: Buffer): Buffer => bytes;
const allow = Buffer.alloc(0);
/** CheckResponse with google.rpc.Status of PERMISSION_DENIED. */
const deny = Buffer.of(0x0a, 0x02, 0x08, 0x07);

/**
 * An external authorization service (envoy.service.auth.v3.Authorization) without TLS: allows what doesn't hold the word "forbidden".
 * Option `port`. Command `asked`: the requests so far, each as the bytes of its CheckRequest in Latin-1.
 */
export const authorizer: Program = async ({ port }) => {
  const asked: string[] = [];
  const server = new Server();
  const check = {
    path: '/envoy.service.auth.v3.Authorization/Check',
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  } as const;
  server.addService(
    { check },
    {
      check: ({ request }: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => {
        const text = request.toString('latin1');
        asked.push(text);
        answer(null, text.includes('forbidden') ? deny : allow);
      },
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`0.0.0.0:${port}`, ServerCredentials.createInsecure(), (error) => (error ? reject(error) : resolve()));
  });
  return { asked: () => asked };
};
