import type { ObjectFindings } from '../../compiler/create-compiler.ts';
import type { KindStatus } from './watch-cluster.ts';

/** How far a server is with the cluster that it follows. */
export interface ClusterStatus {
  /** Of the API server. */
  readonly server: string;
  /** All that must be known is known. */
  readonly synced: boolean;
  readonly kinds: readonly KindStatus[];
  /** What was found wrong, by object. */
  readonly findings: readonly ObjectFindings[];
}

/** Objects that are denied in their place. */
export function brokenObjects(findings: readonly ObjectFindings[]): readonly ObjectFindings[] {
  return findings.filter(({ isolated }) => isolated);
}
