import { defaultAddress, defaultAdminAddress } from '../../server/serve-options.ts';
import { names, ports } from '../../webhook/names.ts';
import type { Manifest } from '../manifest.ts';
import type { Settings } from '../settings.ts';
import { type Component, namespaced, selectorLabels } from './labels.ts';

/**
 * Who may connect to the pods. Sidecars are everywhere, and where the API server calls from can't be chosen by labels: these ports are
 * open, and guarded by TLS. The admin port shows policy and is for the own namespace, and for the one that monitors.
 * Where the pods connect to isn't limited: the API server's address and port differ from cluster to cluster.
 */
export function networkPolicies(settings: Settings): readonly Manifest[] {
  return [
    policy(settings, names.server, 'server', [defaultAddress.port, ports.enrolment], defaultAdminAddress.port),
    policy(settings, names.webhook, 'webhook', [ports.webhook], ports.webhookAdmin),
  ];
}

function policy(settings: Settings, name: string, component: Component, open: readonly number[], admin: number): Manifest {
  const tcp = (port: number): object => ({ protocol: 'TCP', port });
  const monitors = settings.monitoringNamespace === '' ? [] : [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': settings.monitoringNamespace } } }];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: namespaced(settings, name, component),
    spec: {
      podSelector: { matchLabels: selectorLabels(component) },
      policyTypes: ['Ingress'],
      ingress: [{ ports: open.map(tcp) }, { ports: [tcp(admin)], from: [{ podSelector: {} }, ...monitors] }],
    },
  };
}
