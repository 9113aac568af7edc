import type { Change } from './bundles.ts';
import type { LoadUpdate } from './load-report.ts';

/** A server under load. */
export interface Contender {
  readonly pid: number;
  /** `host:port` */
  readonly address: string;
  /** Flags of the load client that only this server needs. */
  readonly clientFlags: Readonly<Record<string, string>>;
  /** Begins a push: to what the change says, or `back` from there. */
  push(change: Change, back: boolean): Promise<void>;
  /** For each push so far: milliseconds from when the new configuration was in until the last stream had taken it. */
  latencies(updates: readonly LoadUpdate[]): Promise<readonly number[]>;
  stop(): Promise<void>;
}
