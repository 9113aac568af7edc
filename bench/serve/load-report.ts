/** What the load client says (-json), as far as it is used. */
export interface LoadReport {
  readonly streams: number;
  readonly completed: number;
  readonly converged_ms: number;
  readonly payload_bytes: number;
  readonly nacks: number;
  readonly stream_errors: number;
  readonly errors?: readonly string[];
  readonly missing?: readonly string[];
  readonly server_before: ServerSample;
  readonly server_after: ServerSample;
  readonly server_cpu_s: number;
  readonly client_cpu_s: number;
  readonly updates?: readonly LoadUpdate[];
}

export interface ServerSample {
  readonly rss_mb: number;
}

/** One push. */
export interface LoadUpdate {
  readonly affected_streams: number;
  readonly complete: boolean;
  readonly payload_bytes: number;
  /** From the first response of the first stream to the last of the last stream. */
  readonly fanout_ms: number;
  /** From the trigger to the last response of the last stream. */
  readonly trigger_to_all_ms: number;
  /** From the trigger to each stream's last response. */
  readonly per_stream?: { readonly mean_ms: number };
  readonly server_cpu_s?: number;
}

/** What is wrong with a run, in words; empty where all is well. */
export function faultsOf(report: LoadReport, expected: readonly number[]): readonly string[] {
  const { completed, streams, nacks, stream_errors: broken, updates = [] } = report;
  return [
    ...(completed < streams ? [`${streams - completed} of ${streams} streams have no complete configuration: ${(report.missing ?? []).join('; ')}`] : []),
    ...(nacks > 0 ? [`${nacks} resources were refused`] : []),
    ...(broken > 0 ? [`${broken} streams broke`] : []),
    ...expected.flatMap((streamCount, push) => {
      const reached = updates[push]?.affected_streams ?? 0;
      return reached === streamCount ? [] : [`push ${push} reached ${reached} streams, not ${streamCount}`];
    }),
    ...(report.errors ?? []),
  ];
}
