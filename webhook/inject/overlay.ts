import { variables } from '../sidecar-contract.ts';
import type { Container, ContainerProbe } from './pod-object.ts';

const containerFields = ['name', 'image', 'restartPolicy', 'command', 'args', 'env', 'envFrom', 'ports', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle', 'resources', 'securityContext', 'volumeMounts'];
const securityFields = ['runAsUser', 'runAsGroup', 'runAsNonRoot', 'privileged', 'allowPrivilegeEscalation', 'readOnlyRootFilesystem', 'capabilities', 'seccompProfile'];

type Mapping = Readonly<Record<string, unknown>>;

/**
 * A container as it must be, with what others have added to the one that is there: Kubernetes its defaults, admission its
 * limits and mounts, other webhooks their environment. So an injected pod that comes once more needs no change.
 */
export function overlay(existing: Container | undefined, wanted: Container): Container {
  if (existing === undefined) return wanted;
  const { env, volumeMounts, resources, readinessProbe, startupProbe, securityContext } = existing;
  const environment = [...(wanted.env ?? []), ...(env ?? []).filter(({ name }) => !ownNames.has(name) && !wanted.env?.some((own) => own.name === name))];
  return {
    ...without(existing, containerFields),
    ...wanted,
    ...(environment.length > 0 && { env: environment }),
    volumeMounts: [...(wanted.volumeMounts ?? []), ...(volumeMounts ?? []).filter((mount) => !wanted.volumeMounts?.some(({ mountPath }) => mountPath === mount.mountPath))],
    resources: limits(resources, wanted['resources']),
    securityContext: { ...without(securityContext ?? {}, securityFields), ...wanted.securityContext },
    ...(wanted.readinessProbe && { readinessProbe: { ...timing(readinessProbe), ...wanted.readinessProbe } }),
    ...(wanted.startupProbe && { startupProbe: { ...timing(startupProbe), ...wanted.startupProbe } }),
  };
}

const ownNames: ReadonlySet<string> = new Set(Object.values(variables));

function limits(existing: unknown, wanted: unknown): Mapping {
  const [there, own] = [(existing ?? {}) as Mapping, (wanted ?? {}) as Mapping];
  const names = [...new Set([...Object.keys(own), ...Object.keys(there)])];
  return Object.fromEntries(names.map((name) => [name, isMapping(own[name]) || isMapping(there[name]) ? { ...(there[name] as Mapping), ...(own[name] as Mapping) } : (own[name] ?? there[name])]));
}

function timing(probe: ContainerProbe | undefined): Mapping {
  return without(probe ?? {}, ['httpGet', 'tcpSocket', 'grpc', 'exec']);
}

function without(mapping: Mapping, fields: readonly string[]): Mapping {
  return Object.fromEntries(Object.entries(mapping).filter(([field]) => !fields.includes(field)));
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
