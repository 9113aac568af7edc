import { reportAt } from '../mesh/report-at.ts';
import type { Check } from './check.ts';

/** Path patterns that may match more, or less, than their author thinks. */
export const pathPatterns: Check = ({ objects }, collector) => {
  for (const group of objects.httpRouteGroups) {
    for (const match of group.matches) {
      const pattern = match.pathRegex;
      if (pattern === undefined) continue;
      const at = [...match.at, 'pathRegex'];
      if (/^\^?(\.\*|\(\.\*\))/.test(pattern)) {
        reportAt(collector, 'SMIC3115', group.meta, at, {
          message: `pathRegex "${pattern}" of match "${match.name}" takes any beginning of a path`,
        });
      }
      if (!/(\.[*+]|\*\)|\+\)|\$)$/.test(pattern)) {
        reportAt(collector, 'SMIC3114', group.meta, at, {
          message: `pathRegex "${pattern}" of match "${match.name}" matches the whole path only: longer paths that begin so don't match`,
        });
      }
    }
  }
};
