import { defaultOptions } from '../compiler/options.ts';
import { type LogLevel, logLevels } from '../server/log-level.ts';
import { names } from '../webhook/names.ts';
import { choice, dnsName, imageName, type Kind, label, labelValue, quantity, wholeNumber, yesOrNo } from './setting-kinds.ts';

/** Whether a request goes on when the webhook doesn't answer. */
export type FailurePolicy = 'Fail' | 'Ignore';

/** What an installation may be told. */
export interface Settings {
  readonly namespace: string;
  readonly image: string;
  readonly initImage: string;
  readonly imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never';
  /** A Secret in the namespace; empty: none. */
  readonly imagePullSecret: string;
  readonly meshName: string;
  /** Where MeshConfig is read; empty: the installation's namespace. */
  readonly meshNamespace: string;
  readonly trustDomain: string;
  readonly clusterDomain: string;
  /** Sidecars take IPv6 too. */
  readonly ipv6: boolean;
  readonly nativeSidecars: 'auto' | 'on' | 'off';
  readonly logLevel: LogLevel;
  readonly serverReplicas: number;
  /** With `--ha`: how far the autoscaler goes. */
  readonly serverMaxReplicas: number;
  readonly serverCpu: string;
  readonly serverMemory: string;
  readonly webhookReplicas: number;
  readonly webhookCpu: string;
  readonly webhookMemory: string;
  readonly webhookTimeoutSeconds: number;
  readonly injectionFailurePolicy: FailurePolicy;
  readonly validationFailurePolicy: FailurePolicy;
  /** Whose pods may read metrics and status, beside those of the installation's namespace; empty: nobody's. */
  readonly monitoringNamespace: string;
  readonly priorityClass: string;
}

/** A key of `--set`. */
export interface Definition<T> {
  readonly kind: Kind<T>;
  readonly preset: T;
  /** With `--ha`, where that is another. */
  readonly highlyAvailable?: T;
  readonly description: string;
}

type Definitions = { readonly [Key in keyof Settings]: Definition<Settings[Key]> };

const failurePolicy = choice<FailurePolicy>(['Fail', 'Ignore']);

/** Every key of `--set`, in the order in which it is documented. */
export function settingDefinitions(version: string): Definitions {
  return {
    namespace: { kind: label, preset: names.namespace, description: 'namespace of the installation' },
    image: { kind: imageName, preset: `smic:${version}`, description: 'image of the server, the webhook and the sidecars' },
    initImage: { kind: imageName, preset: `smic-init:${version}`, description: "image of the init container that sets a pod's iptables rules" },
    imagePullPolicy: { kind: choice(['Always', 'IfNotPresent', 'Never']), preset: 'IfNotPresent', description: 'when the server and webhook images are pulled' },
    imagePullSecret: { kind: optional(dnsName), preset: '', description: 'Secret in the namespace that the images are pulled with' },
    meshName: { kind: labelValue, preset: defaultOptions.meshName, description: 'name of the mesh, as in the label `openservicemesh.io/monitored-by`' },
    meshNamespace: { kind: optional(label), preset: '', description: 'namespace that the MeshConfig is read from, if not that of the installation' },
    trustDomain: { kind: dnsName, preset: defaultOptions.trustDomain, description: 'trust domain of the SPIFFE identities' },
    clusterDomain: { kind: dnsName, preset: defaultOptions.clusterDomain, description: "the cluster's DNS domain" },
    ipv6: { kind: yesOrNo, preset: false, description: "whether the mesh has IPv6; if not, pods' TCP over IPv6 is refused" },
    nativeSidecars: { kind: choice(['auto', 'on', 'off']), preset: 'auto', description: 'whether sidecars are init containers that stay; `auto`: where Kubernetes can (1.29 or newer)' },
    logLevel: { kind: choice(logLevels), preset: 'info', description: 'what the server and the webhook log' },
    serverReplicas: { kind: wholeNumber(1, 100), preset: 2, highlyAvailable: 3, description: 'pods of the server; with `--ha`, the fewest' },
    serverMaxReplicas: { kind: wholeNumber(1, 100), preset: 10, description: 'with `--ha`: the most pods of the server' },
    serverCpu: { kind: quantity, preset: '100m', highlyAvailable: '500m', description: 'CPU that each pod of the server requests' },
    serverMemory: { kind: quantity, preset: '1Gi', description: 'memory that each pod of the server requests, and may have' },
    webhookReplicas: { kind: wholeNumber(1, 100), preset: 2, highlyAvailable: 3, description: 'pods of the webhook' },
    webhookCpu: { kind: quantity, preset: '50m', highlyAvailable: '200m', description: 'CPU that each pod of the webhook requests' },
    webhookMemory: { kind: quantity, preset: '1Gi', description: 'memory that each pod of the webhook requests, and may have' },
    webhookTimeoutSeconds: { kind: wholeNumber(1, 30), preset: 5, description: 'how long the API server waits for the webhook' },
    injectionFailurePolicy: { kind: failurePolicy, preset: 'Fail', description: 'what happens to new pods of meshed namespaces while the webhook is away' },
    validationFailurePolicy: { kind: failurePolicy, preset: 'Ignore', description: 'what happens to new and changed policy while the webhook is away' },
    monitoringNamespace: { kind: optional(label), preset: '', description: 'namespace whose pods may read metrics and status too' },
    priorityClass: { kind: optional(dnsName), preset: '', highlyAvailable: 'system-cluster-critical', description: 'PriorityClass of the server and the webhook' },
  };
}

function optional(kind: Kind<string>): Kind<string> {
  return { parse: (text) => (text === '' ? '' : kind.parse(text)), expects: `${kind.expects}, or nothing` };
}
