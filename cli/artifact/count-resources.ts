import { type Resource, type ResourceType, resourceTypes } from '../../compiler/artifact/artifact.ts';

/** How many resources, and how many bytes in protobuf's encoding. */
export interface Size {
  readonly resources: number;
  readonly bytes: number;
}

export type Sizes = Readonly<Record<ResourceType | 'total', Size>>;

/** The sizes of `resources` by type. */
export function countResources(resources: Iterable<Resource>): Sizes {
  const sizes = emptySizes();
  for (const { type, bytes } of resources) {
    for (const size of [sizes[type], sizes.total]) {
      size.resources += 1;
      size.bytes += bytes.length;
    }
  }
  return sizes;
}

/** The sum of several sizes, type by type. */
export function addSizes(all: readonly Sizes[]): Sizes {
  const sum = emptySizes();
  for (const sizes of all) {
    for (const type of [...resourceTypes, 'total'] as const) {
      sum[type].resources += sizes[type].resources;
      sum[type].bytes += sizes[type].bytes;
    }
  }
  return sum;
}

function emptySizes(): Record<ResourceType | 'total', { resources: number; bytes: number }> {
  const size = (): { resources: number; bytes: number } => ({ resources: 0, bytes: 0 });
  return { cluster: size(), endpoint: size(), secret: size(), listener: size(), route: size(), total: size() };
}
