import { type ResourceType, resourceTypes } from '../../compiler/artifact/artifact.ts';
import type { LoadedSource } from '../../compiler/artifact/loaded-artifact.ts';
import type { Configurations, ProxyConfiguration } from '../configuration/configuration.ts';

/** What `/resources?proxy=NAMESPACE/CLASS` answers: all that the sidecars of a class are sent, but for secrets. */
export interface ResourcesDocument {
  readonly proxy: string;
  readonly identity: string;
  readonly resources: readonly ResourceDocument[];
}

export interface ResourceDocument {
  readonly type: ResourceType;
  readonly name: string;
  readonly version: string;
  /** A google.protobuf.Any in its binary encoding, as base64. */
  readonly any: string;
  readonly sources: readonly LoadedSource[];
}

/** The configuration of a class, `<namespace>/<class>`. */
export function findConfiguration(configurations: Configurations, key: string): ProxyConfiguration | undefined {
  return [...configurations.byIdentity.values()].flat().find((configuration) => configuration.key === key);
}

/** The document of a class. */
export function resourcesDocument({ key, identity, resources }: ProxyConfiguration): ResourcesDocument {
  return {
    proxy: key,
    identity,
    resources: resourceTypes
      .filter((type) => type !== 'secret')
      .flatMap((type) => [...resources[type].values()])
      .map(({ type, name, version, any, sources }) => ({ type, name, version, any: Buffer.from(any).toString('base64'), sources })),
  };
}
