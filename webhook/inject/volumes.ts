import { tokenAudience } from '../../server/bootstrap/token-audience.ts';
import { credentialsVolume, runVolume, tokenFile, tokenSeconds, trustConfigMap, trustFile } from '../sidecar-contract.ts';
import { initRunVolume } from './init-container.ts';
import type { MeshSettings } from './mesh-settings.ts';
import type { Volume } from './pod-object.ts';

/** What the sidecar mounts. Keys and certificates are in memory alone, and end with the pod. */
export function volumes({ trustBundle }: MeshSettings): readonly Volume[] {
  const token = { serviceAccountToken: { audience: tokenAudience, expirationSeconds: tokenSeconds, path: tokenFile } };
  const trust = { configMap: { name: trustConfigMap, items: [{ key: trustFile, path: trustFile }] } };
  return [
    { name: credentialsVolume, projected: { defaultMode: 0o444, sources: trustBundle === undefined ? [token, trust] : [token] } },
    { name: runVolume, emptyDir: { medium: 'Memory', sizeLimit: '8Mi' } },
    { name: initRunVolume, emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
  ];
}

/** Whether a volume is one of these. */
export function isSidecarVolume({ name }: Volume): boolean {
  return [credentialsVolume, runVolume, initRunVolume].includes(name);
}
