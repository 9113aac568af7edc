import { version } from '../version.ts';
import { countLevels, type Reporter } from './report.ts';

/** One JSON document; docs/ci.md describes it. `formatVersion` changes when a reader would have to. */
export const json: Reporter = (report) => {
  const counts = countLevels(report.diagnostics);
  const document = {
    formatVersion: 1,
    smic: version,
    summary: {
      files: report.files.size,
      errors: counts.error,
      warnings: counts.warning,
      notes: counts.note,
      suppressed: report.suppressed,
    },
    // Spelt out, so that a field added inside smic doesn't leak into the format.
    diagnostics: report.diagnostics.map(({ code, level, message, why, fix, object, place, path, related }) => ({
      code,
      level,
      message,
      why,
      fix,
      ...(object && { object }),
      ...(place && { place }),
      ...(path !== undefined && { path }),
      related,
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
};
