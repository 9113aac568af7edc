// Starts a cluster with controllers, says so, and waits to be killed.
import { startCluster } from './start-cluster.ts';

const cluster = await startCluster({ controllers: true });
process.send?.({ folder: cluster.folder, processes: cluster.processes() });
setInterval(() => {}, 1_000);
