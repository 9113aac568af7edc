import { join } from 'node:path';
import type { ContainerObject, PodObject } from '../pod-object.ts';
import { capabilities, type ContainerSpec } from './container.ts';
import type { Image } from './image.ts';
import type { FieldText } from './volumes.ts';

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What a container gets of its pod and its node. */
export interface ContainerSurroundings {
  readonly image: Image;
  /** Paths, by name. */
  readonly volumes: ReadonlyMap<string, string>;
  readonly field: FieldText;
  readonly environment: Readonly<Record<string, string>>;
}

/** What the runtime is told of a container. @throws TypeError for one that can't run so */
export function containerSpec(pod: PodObject, container: ContainerObject, { image, volumes, field, environment: given }: ContainerSurroundings): ContainerSpec {
  const { securityContext: own = {}, volumeMounts = [] } = container;
  const { securityContext: shared = {} } = pod.spec;
  const user = own.runAsUser ?? shared.runAsUser ?? 0;
  if (own.runAsNonRoot === true && user === 0) {
    throw new TypeError(`container ${container.name} has runAsNonRoot and would run as root`);
  }
  const environment: Record<string, string> = { PATH: path, HOME: '/', HOSTNAME: pod.metadata.name, ...given };
  for (const { name, value, valueFrom } of container.env ?? []) {
    environment[name] = valueFrom?.fieldRef === undefined ? expand(value ?? '', environment) : field(valueFrom.fieldRef.fieldPath);
  }
  return {
    command: [...(container.command ?? image.command ?? []), ...(container.args ?? [])].map((word) => expand(word, environment)),
    environment,
    mounts: [
      ...(image.mounts ?? []),
      ...volumeMounts.map(({ name, mountPath, subPath = '', readOnly = false }) => {
        const source = volumes.get(name);
        if (source === undefined) {
          throw new TypeError(`container ${container.name} mounts the volume ${name}, which the pod has not`);
        }
        return { source: join(source, subPath), target: mountPath, readOnly };
      }),
    ],
    user,
    group: own.runAsGroup ?? shared.runAsGroup ?? 0,
    supplementaryGroups: shared.fsGroup === undefined ? [] : [shared.fsGroup],
    capabilities: capabilities(own.capabilities?.add, own.capabilities?.drop),
    noNewPrivileges: own.allowPrivilegeEscalation === false,
    readOnlyRoot: own.readOnlyRootFilesystem === true,
  };
}

/** `$(NAME)` is the variable of that name where there is one, and `$$` a dollar. */
function expand(text: string, environment: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([A-Za-z_][\w.-]*)\)/g, (all, name?: string) => (name === undefined ? '$' : (environment[name] ?? all)));
}
