/*
 * A pod as Kubernetes writes it: what the injector reads of it. All else it carries along as it is.
 */

type Open = Readonly<Record<string, unknown>>;

export interface HttpHeader {
  readonly name: string;
  readonly value?: string;
}

export interface HttpGet extends Open {
  readonly path?: string;
  readonly port: number | string;
  /** Where kubelet goes instead of to the pod. */
  readonly host?: string;
  readonly scheme?: string;
  readonly httpHeaders?: readonly HttpHeader[];
}

export interface TcpSocket extends Open {
  readonly port: number | string;
  readonly host?: string;
}

export interface Handler extends Open {
  readonly httpGet?: HttpGet;
  readonly tcpSocket?: TcpSocket;
}

export interface ContainerProbe extends Handler {
  readonly grpc?: { readonly port: number; readonly service?: string };
  readonly timeoutSeconds?: number;
  readonly periodSeconds?: number;
}

interface SecurityContext extends Open {
  readonly runAsUser?: number;
}

export interface EnvironmentVariable extends Open {
  readonly name: string;
  readonly value?: string;
}

export interface Container extends Open {
  readonly name: string;
  readonly command?: readonly string[];
  readonly env?: readonly EnvironmentVariable[];
  readonly ports?: readonly (Open & { readonly name?: string; readonly containerPort: number; readonly protocol?: string })[];
  /** `Always` makes an init container a sidecar. */
  readonly restartPolicy?: string;
  readonly securityContext?: SecurityContext;
  readonly volumeMounts?: readonly (Open & { readonly name: string; readonly mountPath: string })[];
  readonly livenessProbe?: ContainerProbe;
  readonly readinessProbe?: ContainerProbe;
  readonly startupProbe?: ContainerProbe;
  readonly lifecycle?: Open & { readonly postStart?: Handler; readonly preStop?: Handler };
}

export interface Volume extends Open {
  readonly name: string;
}

export interface PodSpec extends Open {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly ephemeralContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly hostNetwork?: boolean;
  readonly os?: { readonly name: string };
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly securityContext?: SecurityContext;
}

/** A pod, or the template of pods. */
export interface PodObject extends Open {
  readonly metadata?: Open & {
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: PodSpec;
}
