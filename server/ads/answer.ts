import type { ServedResource } from '../configuration/served-resource.ts';

/** A response that the client hasn't answered. */
export interface InFlight {
  readonly nonce: string;
  /** What it brings that the client doesn't hold. */
  readonly changed: readonly ServedResource[];
  /** Of a clock that doesn't go back, milliseconds. */
  readonly sentAt: number;
  /** When the change came in that it is about; undefined: the client asked. */
  readonly changedAt: number | undefined;
  /** Whether it left this process. */
  flushed: boolean;
}

/** What a request says of the response that it answers. */
export type Answer =
  | { readonly kind: 'none' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'ack'; readonly response: InFlight }
  | { readonly kind: 'nack'; readonly response: InFlight; readonly reason: string; readonly blamed: readonly ServedResource[] };
