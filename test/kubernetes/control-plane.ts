import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the programs of a cluster keep their files, listen and are found. */
export interface ControlPlane {
  /** With etcd, kube-apiserver and kube-controller-manager. */
  readonly binaries: string;
  readonly folder: string;
  readonly ports: { readonly etcd: number; readonly etcdPeer: number; readonly server: number };
  /** Addresses of Services. */
  readonly serviceRange: string;
  /** Of the API server. At 127.0.0.1 no pod reaches it, and the Service `kubernetes` has no endpoints. */
  readonly address: string;
}

export const loopback = '127.0.0.1';

/** Bearer tokens of the users that every cluster has. */
export interface Tokens {
  readonly admin: string;
  readonly controllers: string;
}

/** What gives Pods, EndpointSlices, service accounts and their tokens and the roles `view`, `edit` and `admin`, and removes what has no owner. Not node-lifecycle, which would want leases of the test's kubelet. */
const controllers = [
  'deployment',
  'replicaset',
  'statefulset',
  'daemonset',
  'job',
  'cronjob',
  'endpoints',
  'endpointslice',
  'endpointslice-mirroring',
  'serviceaccount',
  'serviceaccount-token',
  'legacy-serviceaccount-token-cleaner',
  'namespace',
  'garbage-collector',
  'clusterrole-aggregation',
  'root-ca-certificate-publisher',
].map((name) => `${name}-controller`);

/** Makes the keys and tokens. */
export function writeFiles(folder: string): Tokens {
  for (const name of ['etcd', 'certs', 'controllers']) {
    mkdirSync(join(folder, name), { mode: 0o700 });
  }
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
  });
  writeFileSync(join(folder, 'sa.pub'), publicKey);
  writeFileSync(join(folder, 'sa.key'), privateKey, { mode: 0o600 });
  const tokens = { admin: randomBytes(16).toString('hex'), controllers: randomBytes(16).toString('hex') };
  const users = [`${tokens.admin},admin,1,"system:masters"`, `${tokens.controllers},system:kube-controller-manager,2`];
  writeFileSync(join(folder, 'tokens.csv'), `${users.join('\n')}\n`, { mode: 0o600 });
  return tokens;
}

/** With an election in a moment, and nothing that has to outlast a loss of power. */
export function etcdCommand({ binaries, folder, ports }: ControlPlane): readonly string[] {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.etcdPeer}`;
  return [
    join(binaries, 'etcd'),
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--log-level=warn',
    '--unsafe-no-fsync',
    '--heartbeat-interval=10',
    '--election-timeout=100',
  ];
}

export function serverCommand({ binaries, folder, ports, serviceRange, address }: ControlPlane): readonly string[] {
  const issuer = 'https://kubernetes.default.svc.cluster.local';
  return [
    join(binaries, 'kube-apiserver'),
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    `--cert-dir=${join(folder, 'certs')}`,
    `--bind-address=${address}`,
    `--advertise-address=${address}`,
    `--secure-port=${ports.server}`,
    `--service-cluster-ip-range=${serviceRange}`,
    `--service-account-issuer=${issuer}`,
    `--api-audiences=${issuer}`,
    `--service-account-key-file=${join(folder, 'sa.pub')}`,
    `--service-account-signing-key-file=${join(folder, 'sa.key')}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--allow-privileged=true',
    '--enable-admission-plugins=NamespaceLifecycle,ServiceAccount,MutatingAdmissionWebhook,ValidatingAdmissionWebhook,ResourceQuota',
    `--endpoint-reconciler-type=${address === loopback ? 'none' : 'lease'}`,
    '--profiling=false',
    // Or it would wait a minute for open watches when it is told to end.
    '--shutdown-delay-duration=0s',
    '--shutdown-watch-termination-grace-period=1s',
  ];
}

/** @param kubeconfig of the user system:kube-controller-manager */
export function controllersCommand({ binaries, folder }: ControlPlane, kubeconfig: string): readonly string[] {
  return [
    join(binaries, 'kube-controller-manager'),
    `--kubeconfig=${kubeconfig}`,
    `--controllers=${controllers.join(',')}`,
    `--service-account-private-key-file=${join(folder, 'sa.key')}`,
    `--root-ca-file=${caFile(folder)}`,
    '--use-service-account-credentials=true',
    '--leader-elect=false',
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
    // It serves nobody.
    '--secure-port=0',
  ];
}

/** Made by the API server, for its address and the Service `kubernetes`. */
export function caFile(folder: string): string {
  return join(folder, 'certs', 'apiserver.crt');
}
