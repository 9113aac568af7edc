import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Artifact } from '../../../compiler/artifact/artifact.ts';
import { encodeBundle } from '../../../compiler/artifact/bundle.ts';
import { createLog } from '../../../server/log.ts';
import { type RunningServer, startServer } from '../../../server/serve.ts';
import type { ServerOptions } from '../../../server/serve-options.ts';
import { silentListeners } from './silent-listeners.ts';
import { temporaryFolder } from './temporary-folder.ts';
import type { TestCa } from './test-ca.ts';

const loopback = { host: '127.0.0.1', port: 0 };

/** A server in this process, with a bundle of its own. */
export interface TestServer extends RunningServer {
  readonly identity: string;
  /** The lines of its log. */
  readonly lines: readonly string[];
  /** Puts another artifact in place of the one that lies there. */
  publish(artifact: Artifact | Uint8Array): void;
  /** A page of the admin endpoint. */
  page(path: string): Promise<string>;
  /** The value of a metric, summed over the labels that aren't named. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
}

export async function startTestServer(ca: TestCa, artifact: Artifact, options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const folder = temporaryFolder();
  const path = join(folder, 'mesh.bundle');
  const publish = (content: Artifact | Uint8Array): void => {
    writeFileSync(`${path}.new`, content instanceof Uint8Array ? content : encodeBundle(silentListeners(content)));
    renameSync(`${path}.new`, path);
  };
  publish(artifact);
  const lines: string[] = [];
  const log = createLog('debug', { write: (line: string) => void lines.push(line) });
  const server = await startServer({ artifact: path, ca: ca.folder, log, address: loopback, adminAddress: loopback, drainSeconds: 5, ...options });
  const page = async (name: string): Promise<string> => (await fetch(`http://127.0.0.1:${server.adminAddress.port}${name}`)).text();
  return {
    ...server,
    identity: server.status().server?.identity ?? '',
    lines,
    publish,
    page,
    async metric(name, labels = {}) {
      const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
      const found = (await page('/metrics')).split('\n').filter((line) => /^[a-z_]+/.exec(line)?.[0] === name && wanted.every((label) => line.includes(label)));
      return found.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    },
    async close() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
