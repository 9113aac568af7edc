import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';

/** What of a Pod a kubelet looks at. */
export interface PodObject extends KubeObject {
  readonly spec: {
    readonly nodeName?: string;
    readonly serviceAccountName?: string;
    readonly restartPolicy?: 'Always' | 'OnFailure' | 'Never';
    readonly terminationGracePeriodSeconds?: number;
    readonly schedulingGates?: readonly object[];
    readonly securityContext?: { readonly runAsUser?: number; readonly runAsGroup?: number; readonly fsGroup?: number };
    readonly volumes?: readonly VolumeObject[];
    readonly initContainers?: readonly ContainerObject[];
    readonly containers: readonly ContainerObject[];
  };
}

export interface ContainerObject {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvironmentObject[];
  /** On an init container: it goes on, as a native sidecar. */
  readonly restartPolicy?: 'Always';
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string; readonly readOnly?: boolean }[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly securityContext?: {
    readonly runAsUser?: number;
    readonly runAsGroup?: number;
    readonly runAsNonRoot?: boolean;
    readonly privileged?: boolean;
    readonly allowPrivilegeEscalation?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  };
  readonly startupProbe?: ProbeObject;
  readonly readinessProbe?: ProbeObject;
  readonly lifecycle?: { readonly postStart?: HandlerObject; readonly preStop?: HandlerObject };
}

export interface EnvironmentObject {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef?: { readonly fieldPath: string } };
}

export interface HandlerObject {
  readonly httpGet?: { readonly path?: string; readonly port: number | string; readonly host?: string; readonly scheme?: string; readonly httpHeaders?: readonly { readonly name: string; readonly value: string }[] };
  readonly tcpSocket?: { readonly port: number | string; readonly host?: string };
  readonly exec?: { readonly command: readonly string[] };
  readonly sleep?: { readonly seconds: number };
}

export interface ProbeObject extends HandlerObject {
  readonly timeoutSeconds?: number;
  readonly periodSeconds?: number;
  readonly failureThreshold?: number;
}

interface Files {
  readonly name?: string;
  readonly secretName?: string;
  readonly optional?: boolean;
  readonly defaultMode?: number;
  readonly items?: readonly { readonly key: string; readonly path: string }[];
}

export interface VolumeSource {
  readonly configMap?: Files;
  readonly secret?: Files;
  readonly downwardAPI?: { readonly items?: readonly { readonly path: string; readonly fieldRef?: { readonly fieldPath: string } }[] };
  readonly serviceAccountToken?: { readonly audience?: string; readonly expirationSeconds?: number; readonly path: string };
}

export interface VolumeObject extends VolumeSource {
  readonly name: string;
  readonly emptyDir?: { readonly medium?: string };
  readonly projected?: { readonly defaultMode?: number; readonly sources?: readonly VolumeSource[] };
}

/** How a pod is. */
export interface PodState {
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  readonly ready: boolean;
  /** Its own, the first of them first; empty until it has some. */
  readonly addresses: readonly string[];
  /** What has gone wrong, in words. */
  readonly message?: string;
}

/** A native sidecar. */
export function isSidecar({ restartPolicy }: ContainerObject): boolean {
  return restartPolicy === 'Always';
}
