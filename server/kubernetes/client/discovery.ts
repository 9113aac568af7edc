import { ApiError, isNotFound } from './api-error.ts';
import { answerOf } from './json-answer.ts';
import type { KindName } from './kube-object.ts';
import type { Transport } from './transport.ts';

/** How the API server calls a kind. */
export interface ApiResource {
  readonly apiVersion: string;
  readonly kind: string;
  /** As it stands in paths: `trafficsplits`. */
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** What the API server knows. */
export interface Discovery {
  /** The resources of a version of a group, as `apps/v1`; undefined where the server has no such version. Asks the server. */
  resourcesOf(groupVersion: string, signal?: AbortSignal): Promise<readonly ApiResource[] | undefined>;
  /** A kind; undefined where the server doesn't have it. What was found is remembered; what wasn't is looked for again. */
  find(name: KindName, signal?: AbortSignal): Promise<ApiResource | undefined>;
  /** A kind. Throws an ApiError with status 404 where the server doesn't have it. */
  need(name: KindName, signal?: AbortSignal): Promise<ApiResource>;
}

interface ResourceList {
  readonly resources?: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean; readonly verbs?: readonly string[] }[];
}

/** Asks the API server for kinds when they are first needed. */
export function createDiscovery(transport: Transport): Discovery {
  const known = new Map<string, readonly ApiResource[]>();

  async function resourcesOf(groupVersion: string, signal?: AbortSignal): Promise<readonly ApiResource[] | undefined> {
    try {
      const { resources = [] } = (await answerOf(transport, { method: 'GET', path: pathOf(groupVersion), signal })) as ResourceList;
      const found = resources
        .filter(({ name }) => !name.includes('/'))
        .map(({ name, kind, namespaced, verbs = [] }) => ({ apiVersion: groupVersion, kind, plural: name, namespaced, verbs }));
      known.set(groupVersion, found);
      return found;
    } catch (error) {
      if (isNotFound(error)) {
        known.delete(groupVersion);
        return undefined;
      }
      throw error;
    }
  }

  async function find({ apiVersion, kind }: KindName, signal?: AbortSignal): Promise<ApiResource | undefined> {
    const isIt = (resource: ApiResource): boolean => resource.kind === kind;
    return known.get(apiVersion)?.find(isIt) ?? (await resourcesOf(apiVersion, signal))?.find(isIt);
  }

  return {
    resourcesOf,
    find,
    async need(name, signal) {
      const resource = await find(name, signal);
      if (!resource) {
        throw new ApiError({ status: 404, reason: 'NotFound', message: `the API server has no kind ${name.kind} in ${name.apiVersion}` });
      }
      return resource;
    },
  };
}

/** `v1` → `/api/v1`, `apps/v1` → `/apis/apps/v1` */
export function pathOf(groupVersion: string): string {
  return groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`;
}
