// Starts a small mesh, says so, and waits to be killed.
import { describeCluster } from './describe-cluster.ts';
import { startTestMesh } from './start-test-mesh.ts';

const mesh = await startTestMesh({ cluster: [describeCluster([{ name: 'shop/server', ports: [{ port: 80 }] }])], policies: [], programs: () => [] });
await mesh.join(mesh.pod('server'));
process.send?.({ folder: mesh.folder, envoy: mesh.pod('server').sidecar?.process.pid, server: mesh.server.process.pid });
setInterval(() => {}, 1_000);
