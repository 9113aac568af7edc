import { once } from 'node:events';
import type { TLSSocket } from 'node:tls';
import { type Server, ServerCredentials } from '@grpc/grpc-js';

/** Brings connections that were accepted elsewhere to a grpc-js server. */
export interface GrpcConnections {
  accept(socket: TLSSocket): void;
  /** Asks every client to go elsewhere (GOAWAY), waits for them at most so long, and closes what is left. */
  drain(milliseconds: number): Promise<void>;
}

export function grpcConnections(server: Server): GrpcConnections {
  // Insecure: what is injected has its TLS behind it. grpc-js finds the peer's certificate on the socket.
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const open = new Set<TLSSocket>();
  return {
    accept(socket) {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      injector.injectConnection(socket);
    },
    async drain(milliseconds) {
      injector.drain(milliseconds);
      const gone = Promise.all([...open].map((socket) => (socket.destroyed ? undefined : once(socket, 'close'))));
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([gone, new Promise((resolve) => (timer = setTimeout(resolve, milliseconds)))]);
      clearTimeout(timer);
      server.forceShutdown();
      for (const socket of open) {
        socket.destroy();
      }
    },
  };
}
