import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Program } from '../../../demo/pod/pod-process.ts';

/** An address in this network namespace, and where it can be reached from any. */
export interface RelayCall {
  readonly host: string;
  readonly port: number;
  readonly socketPath: string;
}

/** Command `relay` (RelayCall): listens on a Unix socket, which other network namespaces see too, and passes on what comes to an address here. */
export const relay: Program = async () => ({
  relay: async (call) => {
    const { host, port, socketPath } = call as RelayCall;
    const server = createServer((near) => {
      const far = connect(port, host);
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        socket.pipe(other);
        socket.on('error', () => {});
        socket.on('close', () => other.destroy());
      }
    });
    server.listen(socketPath);
    await once(server, 'listening');
  },
});
