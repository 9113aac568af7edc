import type { ServedResource } from '../configuration/served-resource.ts';

/** The secrets of one stream: its own key pair under `workload-certificate`, and the `trust-bundle`. */
export interface StreamSecrets {
  /** By name; changes only before `changed` is called. */
  current(): ReadonlyMap<string, ServedResource>;
  /** When the stream ends: its key is forgotten. */
  close(): void;
}

/** Fills the holes of streams. */
export interface SecretService {
  /**
   * A new key pair for a stream of this identity, renewed while it is open.
   * @param changed called after `current()` changed, with the names that did
   */
  open(identity: string, changed: (names: readonly string[]) => void): Promise<StreamSecrets>;
  /** A proxy acknowledged a version of one of its secrets: gates of a root rotation wait for that. */
  acknowledged(stream: StreamSecrets, name: string, version: string): void;
}
