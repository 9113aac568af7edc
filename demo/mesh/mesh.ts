import { join } from 'node:path';
import type { SourceFile } from '../../compiler/index.ts';
import { createCaFolder } from '../../server/certificates/ca-folder.ts';
import { type InternalCa, openInternalCA } from '../../server/certificates/internal-ca.ts';
import { makeRoot } from '../../server/certificates/make-root.ts';
import { systemClock } from '../../server/certificates/system-clock.ts';
import { defaultAddress, defaultAdminAddress, defaultServerIdentity } from '../../server/serve-options.ts';
import type { CalledProcess } from '../rig/child.ts';
import { nodeIPv4 } from '../rig/network.ts';
import type { Pod } from '../rig/pod.ts';
import { type JoinOptions, type Rig, type RigOptions, startRig } from '../rig/rig.ts';
import { writeCertificate, type XdsCertificate } from '../rig/sidecar.ts';
import { placeArtifact } from './policy.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

export interface MeshOptions extends Omit<RigOptions, 'cluster'> {
  /** YAML of the cluster: Namespaces, Pods, Services, EndpointSlices. */
  readonly cluster: readonly SourceFile[];
  /** YAML of policies and the MeshConfig, to begin with. */
  readonly policies: readonly SourceFile[];
  /** The command that runs smic, as `['node', 'dist/bin/smic.js']`. */
  readonly smic: readonly string[];
  /** More options for `smic serve`. */
  readonly serveOptions?: readonly string[];
}

export interface ServeSettings {
  /** Default 15128, as the sidecars expect it. */
  readonly port?: number;
  readonly adminPort?: number;
  readonly options?: readonly string[];
}

/** A rig with a CA and `smic serve`. */
export interface Mesh extends Omit<Rig, 'join'> {
  readonly ca: InternalCa;
  readonly caFolder: string;
  /** What `smic serve` watches. */
  readonly artifact: string;
  readonly trustDomain: string;
  /** A client in the node's namespace: kubelet, or anybody who isn't in a pod. */
  readonly nodeClient: CalledProcess;
  /** Gives a pod its sidecar. */
  readonly join: (pod: Pod, options?: Partial<JoinOptions>) => Promise<void>;
  /** Gives a pod's sidecar a new certificate for the server, as whoever runs it must from time to time. */
  readonly renew: (pod: Pod) => Promise<void>;
  /** Compiles other policies; the server takes them up by itself. */
  readonly apply: (policies: readonly SourceFile[]) => void;
  /** Starts one more `smic serve`, beside those that run. */
  readonly serve: (settings?: ServeSettings) => Promise<ServerProcess>;
  /** A certificate for a pod of this identity, or any other. */
  readonly certificate: (identity: string) => Promise<XdsCertificate>;
}

const trustDomain = 'cluster.local';

/** Builds the cluster, compiles the policies and starts `smic serve`; no pod has joined yet. */
export async function startMesh(options: MeshOptions): Promise<Mesh & { readonly server: ServerProcess }> {
  const rig = await startRig({ ...options, cluster: options.cluster.map(({ text }) => text) });
  try {
    const artifact = join(rig.folder, 'artifact.smic');
    const apply = (policies: readonly SourceFile[]): void => placeArtifact(artifact, [...options.cluster, ...policies]);
    apply(options.policies);
    const caFolder = join(rig.folder, 'ca');
    await createCaFolder(caFolder, await makeRoot('ecdsa', 1, systemClock), 'ecdsa');
    const ca = await openInternalCA(caFolder, systemClock);
    const nodeClient = await rig.start(rig.node, [{ program: 'client' }]);
    const certificate = async (identity: string): Promise<XdsCertificate> => {
      const { chain, privateKey } = await ca.issue({ identity, lifetimeSeconds: 86_400 });
      return { chain, privateKey, trustBundle: ca.trustBundle() };
    };
    const podCertificate = ({ spec }: Pod): Promise<XdsCertificate> => certificate(`spiffe://${trustDomain}/ns/${spec.namespace}/sa/${spec.serviceAccount}`);
    let servers = 0;
    const serve = async ({ port = defaultAddress.port, adminPort = defaultAdminAddress.port, options: more = [] }: ServeSettings = {}): Promise<ServerProcess> => {
      servers += 1;
      const flags = [artifact, '--ca', caFolder, '--listen', `${nodeIPv4}:${port}`, '--admin', `127.0.0.1:${adminPort}`];
      const command = [...options.smic, 'serve', ...flags, ...(options.serveOptions ?? []), ...more];
      return startServerProcess({ netns: rig.node, command, adminPort, log: join(rig.folder, `server-${servers}.log`), client: nodeClient });
    };
    const server = await serve();
    return {
      ...rig,
      ca,
      caFolder,
      artifact,
      trustDomain,
      nodeClient,
      server,
      apply,
      serve,
      certificate,
      join: async (pod, joining = {}) => {
        await rig.join(pod, {
          server: { host: nodeIPv4, port: defaultAddress.port, identity: defaultServerIdentity(trustDomain) },
          certificate: await podCertificate(pod),
          ...joining,
        });
      },
      renew: async (pod) => writeCertificate(join(pod.folder, 'sidecar'), await podCertificate(pod)),
      stop: async () => {
        ca.close();
        await rig.stop();
      },
    };
  } catch (error) {
    await rig.stop();
    throw error;
  }
}
