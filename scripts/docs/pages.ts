import { cliPage } from './cli-page.ts';
import { diagnosticsPage } from './diagnostics-page.ts';

/** The pages that are made from code: path → how to make it. They are committed, and a test keeps them in step. */
export const pages: Readonly<Record<string, () => string>> = {
  'docs/cli.md': cliPage,
  'docs/diagnostics.md': diagnosticsPage,
};
