import { createServer } from 'node:https';
import { type sendUnaryData, Server, ServerCredentials, type ServerUnaryCall, status } from '@grpc/grpc-js';
import { parseAuthority } from '../../../server/certificates/ca-folder.ts';
import { issueLeaf } from '../../../server/certificates/issue-leaf.ts';
import { makeRoot } from '../../../server/certificates/make-root.ts';
import { systemClock } from '../../../server/certificates/system-clock.ts';
import type { Program } from '../../../demo/pod/pod-process.ts';

/** HTTPS with a certificate that nobody knows; answers with the path. Option `port`. */
export const httpsApp: Program = async ({ port }) => {
  const authority = parseAuthority(await makeRoot('ecdsa', 1, systemClock));
  const { chain, privateKey } = await issueLeaf(authority, 'ecdsa', { identity: 'spiffe://nowhere/app', lifetimeSeconds: 3600 }, Date.now());
  const server = createServer({ cert: chain, key: privateKey }, (request, response) => response.end(request.url));
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(Number(port), '::', resolve);
  });
  return {};
};

/** grpc.health.v1.Health: the messages are so small that they are written by hand. */
const healthService = {
  check: {
    path: '/grpc.health.v1.Health/Check',
    requestStream: false,
    responseStream: false,
    // HealthCheckRequest: string service = 1.
    requestSerialize: (service: string) => Buffer.concat([Buffer.of(10, service.length), Buffer.from(service)]),
    requestDeserialize: (bytes: Buffer) => bytes.subarray(2).toString(),
    // HealthCheckResponse: ServingStatus status = 1.
    responseSerialize: (status: number) => Buffer.of(8, status),
    responseDeserialize: (bytes: Buffer) => bytes[1] ?? 0,
  },
} as const;

const servingStatus = 1;
const notServingStatus = 2;

/** gRPC's health service. Options `port`, `service`. Command `serving` (true or false) sets its state, at first not serving. */
export const grpcHealth: Program = async ({ port, service = '' }) => {
  let isServing = false;
  const server = new Server();
  server.addService(healthService, {
    check: (call: ServerUnaryCall<string, number>, answer: sendUnaryData<number>) => {
      if (call.request === service) {
        answer(null, isServing ? servingStatus : notServingStatus);
      } else {
        answer({ code: status.NOT_FOUND });
      }
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`[::]:${port}`, ServerCredentials.createInsecure(), (error) => (error ? reject(error) : resolve()));
  });
  return {
    serving: (is) => {
      isServing = is === true;
    },
  };
};
