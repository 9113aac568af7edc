import { createServer as createTcpServer } from 'node:net';
import type { Program } from '../../../demo/pod/pod-process.ts';

/** TCP: sends back what it gets, after `greeting` where that option isn't empty. Options `port`, `host` (default all addresses). Command `connections`: how many it has seen. */
export const echo: Program = async ({ port, host = '::', greeting = '' }) => {
  let connections = 0;
  const server = createTcpServer((socket) => {
    connections += 1;
    socket.on('error', () => {});
    if (greeting !== '') socket.write(String(greeting));
    socket.pipe(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(Number(port), String(host), resolve);
  });
  return { connections: () => connections };
};
