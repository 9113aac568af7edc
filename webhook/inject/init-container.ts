import { initScript, podAddressesVariable } from '../init-script.ts';
import { initContainer, sidecarUser } from '../sidecar-contract.ts';
import { exclusions } from './exclusions.ts';
import type { MeshSettings } from './mesh-settings.ts';
import type { Container } from './pod-object.ts';

/** Where iptables has its lock; the rest of the file system is read-only. */
export const initRunVolume = 'smic-init-run';

/**
 * The container that sends the pod's traffic through the sidecar, and ends.
 * @throws Refusal for an annotation that can't be read
 */
export function initContainerOf(annotations: Readonly<Record<string, string>>, settings: MeshSettings): Container {
  const { config, initImage, ipv6 } = settings;
  const onPodAddress = config?.onPodAddress ?? false;
  const script = initScript({ ipv6, onPodAddress, proxyUser: sidecarUser, ...exclusions(annotations, config) });
  return {
    name: initContainer,
    image: config?.initImage ?? initImage,
    command: ['/bin/sh', '-ec', script],
    ...(onPodAddress && { env: [{ name: podAddressesVariable, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIPs' } } }] }),
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '100m', memory: '64Mi' } },
    securityContext: {
      runAsUser: 0,
      runAsGroup: 0,
      runAsNonRoot: false,
      readOnlyRootFilesystem: true,
      seccompProfile: { type: 'RuntimeDefault' },
      ...(config?.privilegedInit === true
        ? { privileged: true }
        : {
            privileged: false,
            allowPrivilegeEscalation: false,
            // NET_RAW for iptables-legacy.
            capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'NET_RAW'] },
          }),
    },
    volumeMounts: [{ name: initRunVolume, mountPath: '/run' }],
  };
}
