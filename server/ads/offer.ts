import type { ServedResource } from '../configuration/served-resource.ts';

/** What a stream may have of one type now. */
export interface Offer {
  get(name: string): ServedResource | undefined;
  all(): Iterable<ServedResource>;
  /** Whether a resource that isn't there may still come: nothing is said of it. */
  awaited(name: string): boolean;
  /** false: what is on offer isn't known yet. */
  readonly ready: boolean;
}
