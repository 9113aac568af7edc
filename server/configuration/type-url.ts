import { type ResourceType, resourceTypes } from '../../compiler/artifact/artifact.ts';
import { messageNames } from '../../compiler/artifact/resource.ts';

const types = new Map(resourceTypes.map((type) => [typeUrl(type), type]));

/** The URL by which xDS names a type of resource. */
export function typeUrl(type: ResourceType): string {
  return `type.googleapis.com/${messageNames[type]}`;
}

/** The type of resource that a URL names, if it is one that is served. */
export function typeOfUrl(url: string): ResourceType | undefined {
  return types.get(url);
}
