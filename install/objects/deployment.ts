import type { Manifest } from '../manifest.ts';
import type { Settings } from '../settings.ts';
import { type Component, namespaced, selectorLabels } from './labels.ts';

/** What is particular to one of the two Deployments. */
export interface Program {
  readonly component: Component;
  readonly name: string;
  /** Undefined: an autoscaler's to say. */
  readonly replicas: number | undefined;
  readonly args: readonly string[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  /** Port of `/healthz`, `/readyz` and `/metrics`, without TLS. */
  readonly adminPort: number;
  readonly cpu: string;
  readonly memory: string;
  readonly mounts: readonly Mount[];
  /** How long it has to end by itself. */
  readonly graceSeconds: number;
}

/** A folder of a container, and the volume that it is. */
export interface Mount {
  readonly name: string;
  readonly path: string;
  readonly source: Readonly<Record<string, unknown>>;
}

/** The user of the server and the webhook; the sidecars' is another. */
const user = 65_532;

/** A Deployment with all that the "restricted" pod security standard demands. */
export function deployment(settings: Settings, program: Program): Manifest {
  const { component, name, replicas, graceSeconds } = program;
  const selector = selectorLabels(component);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: namespaced(settings, name, component),
    spec: {
      ...(replicas !== undefined && { replicas }),
      revisionHistoryLimit: 3,
      selector: { matchLabels: selector },
      // Never fewer than before: the new one must be ready first.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: {
          labels: selector,
          annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': String(program.adminPort), 'prometheus.io/path': '/metrics' },
        },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: true,
          enableServiceLinks: false,
          ...(settings.priorityClass !== '' && { priorityClassName: settings.priorityClass }),
          ...(settings.imagePullSecret !== '' && { imagePullSecrets: [{ name: settings.imagePullSecret }] }),
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          terminationGracePeriodSeconds: graceSeconds,
          // As far apart as the cluster allows, and not pending where it doesn't.
          topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
            maxSkew: 1,
            topologyKey,
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: { matchLabels: selector },
          })),
          // By the group the pod reads what kubelet mounts.
          securityContext: { runAsNonRoot: true, runAsUser: user, runAsGroup: user, fsGroup: user, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [container(settings, program)],
          volumes: program.mounts.map(({ name: volume, source }) => ({ name: volume, ...source })),
        },
      },
    },
  };
}

function container(settings: Settings, program: Program): object {
  const probe = (path: string): object => ({ httpGet: { path, port: 'admin' } });
  return {
    name: program.name,
    image: settings.image,
    imagePullPolicy: settings.imagePullPolicy,
    command: ['smic'],
    args: program.args,
    ports: [...program.ports, { name: 'admin', containerPort: program.adminPort }],
    // Two minutes to read the cluster. Until then nobody is sent to it, and nobody kills it.
    startupProbe: { ...probe('/healthz'), periodSeconds: 2, failureThreshold: 60 },
    readinessProbe: { ...probe('/readyz'), periodSeconds: 5, timeoutSeconds: 2 },
    livenessProbe: { ...probe('/healthz'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
    // No CPU limit: throttling a control plane delays every sidecar at once.
    resources: { requests: { cpu: program.cpu, memory: program.memory }, limits: { memory: program.memory } },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    volumeMounts: program.mounts.map(({ name, path }) => ({ name, mountPath: path, readOnly: true })),
  };
}
