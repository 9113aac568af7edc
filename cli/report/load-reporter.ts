import type { Reporter } from './report.ts';

export const reporterNames = ['pretty', 'concise', 'json', 'sarif', 'github', 'junit'] as const;
export type ReporterName = (typeof reporterNames)[number];

/** Formats whose output is one document that other words would break. */
export const documentReporters: ReadonlySet<ReporterName> = new Set(['json', 'sarif', 'junit']);

// Each is loaded when it is asked for: a run needs one, and start-up is felt.
const loaders: Readonly<Record<ReporterName, () => Promise<Reporter>>> = {
  pretty: async () => (await import('./pretty.ts')).pretty,
  concise: async () => (await import('./concise.ts')).concise,
  json: async () => (await import('./json.ts')).json,
  sarif: async () => (await import('./sarif.ts')).sarif,
  github: async () => (await import('./github.ts')).github,
  junit: async () => (await import('./junit.ts')).junit,
};

/** The reporter of that name. */
export async function loadReporter(name: ReporterName): Promise<Reporter> {
  return loaders[name]();
}
