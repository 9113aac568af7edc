import { messageNames } from '../../compiler/artifact/resource.ts';
import { resourceTypes, type ResourceType } from '../../compiler/artifact/artifact.ts';

/** The URL by which xDS names the kind. */
export function typeUrl(type: ResourceType): string {
  return `type.googleapis.com/${messageNames[type]}`;
}

/** The kind of a type URL, if it is one of the five. */
export function typeOfUrl(url: string): ResourceType | undefined {
  return resourceTypes.find((type) => typeUrl(type) === url);
}
