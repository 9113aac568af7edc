import type { Path } from '../load/document.ts';
import type { WrittenPodSpec, WrittenPodTemplate } from './generated/types.ts';
import { checkName } from './names.ts';
import type { PodSpec } from './objects.ts';
import type { Reading } from './reading.ts';

type Labels = NonNullable<WrittenPodTemplate['metadata']>['labels'];

const none: Readonly<Record<string, string>> = {};

/** What a pod or a template says. `path` leads to its `spec`. */
export function readPodSpec(spec: WrittenPodSpec, labels: Labels, annotations: Labels, path: Path, reading: Reading): PodSpec {
  const written = spec.serviceAccountName || spec.serviceAccount;
  const field = spec.serviceAccountName ? 'serviceAccountName' : 'serviceAccount';
  if (written) checkName(reading, written, 'subdomain', [...path, field]);
  // Ports of the containers come first, as when Kubernetes looks for a named one.
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const ports: PodSpec['ports'][number][] = [];
  for (const container of [...(spec.containers ?? []), ...sidecars]) {
    for (const { name, containerPort, protocol } of container.ports ?? []) {
      ports.push({ name: name ?? '', containerPort, protocol: protocol ?? 'TCP' });
    }
  }
  if (spec.hostname) checkName(reading, spec.hostname, 'label', [...path, 'hostname']);
  if (spec.subdomain) checkName(reading, spec.subdomain, 'label', [...path, 'subdomain']);
  return {
    labels: labels ?? none,
    annotations: annotations ?? none,
    serviceAccountName: written || 'default',
    hostNetwork: spec.hostNetwork ?? false,
    hostname: spec.hostname || undefined,
    subdomain: spec.subdomain || undefined,
    ports,
  };
}
