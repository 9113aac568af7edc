import type { LoadedArtifact } from '../../../../compiler/artifact/loaded-artifact.ts';
import { startTestServer, type TestServer, type TestServerOptions } from './test-server.ts';

/** Runs a test on a server of its own, which is stopped however the test ends. */
export function onServer(artifact: () => LoadedArtifact, run: (server: TestServer) => Promise<void>, options: TestServerOptions = {}): () => Promise<void> {
  return async () => {
    const server = await startTestServer(artifact(), options);
    try {
      await run(server);
    } finally {
      await server.stop();
    }
  };
}

/** Keys, sorted. */
export function sorted(names: Iterable<string>): readonly string[] {
  return [...names].sort();
}
