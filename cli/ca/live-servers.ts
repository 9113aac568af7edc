import { answerOf } from '../../server/rotation/ask-servers.ts';
import type { ServerAnswer } from '../../server/rotation/rotation-gates.ts';
import { clusterFailure } from '../kubernetes/cluster-failure.ts';
import { withCluster } from '../kubernetes/connect.ts';
import { serverStatuses } from '../operate/server-status.ts';
import type { CaRotateFlags } from '../program/ca-flags.ts';
import type { Output } from '../terminal/terminal.ts';

/** Calls `use` with what asks all servers of the installation, through the API server, how far their proxies are. It never rejects: an error is an answer. */
export async function withLiveServers<T>(flags: CaRotateFlags, words: Output, use: (ask: () => Promise<readonly ServerAnswer[]>) => Promise<T>): Promise<T> {
  return withCluster(flags, words, (client) =>
    use(async () => {
      try {
        const { servers, silent } = await serverStatuses(client, flags.installation);
        return [...servers.map(({ name, status }) => answerOf(name, status)), ...silent.map(({ name, reason }) => ({ server: name, status: new Error(reason) }))];
      } catch (error) {
        const failure = clusterFailure(error);
        return [{ server: 'the API server', status: failure instanceof Error ? failure : new Error(String(failure)) }];
      }
    }),
  );
}
