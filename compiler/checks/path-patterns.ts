import { reportAt } from '../mesh/report-at.ts';
import { groupBy } from '../order.ts';
import type { HTTPMatch, HTTPRouteGroup } from '../resources/objects.ts';
import { type Check, check } from './check.ts';

const anyBeginning = /^\^?(\.\*|\(\.\*\))/;
const openEnd = /(\.[*+]|\*\)\??|\+\)\??|\$)$/;

/** A pattern, and where it stands. */
interface Pattern {
  readonly group: HTTPRouteGroup;
  readonly match: HTTPMatch;
  readonly regex: string;
}

/** Path patterns that may match more, or less, than their author thinks. */
export const pathPatterns: Check = check(['httpRouteGroups'], ({ httpRouteGroups }, collector) => {
  const namespaces = groupBy(httpRouteGroups, ({ meta }) => meta.namespace);
  for (const [namespace, groups] of namespaces) {
    const patterns = groups.flatMap((group): readonly Pattern[] =>
      group.matches.flatMap((match) => (match.pathRegex === undefined ? [] : [{ group, match, regex: match.pathRegex }])),
    );
    for (const { group, match, regex } of patterns.filter((pattern) => anyBeginning.test(pattern.regex))) {
      reportAt(collector, 'SMIC3115', group.meta, [...match.at, 'pathRegex'], {
        message: `pathRegex "${regex}" of match "${match.name}" takes any beginning of a path`,
      });
    }
    // One finding a namespace: nearly every policy has such patterns, and nearly all of them are meant so.
    const whole = patterns.filter(({ regex }) => !openEnd.test(regex));
    const [first, ...others] = whole;
    if (first) {
      reportAt(collector, 'SMIC3114', first.group.meta, [...first.match.at, 'pathRegex'], {
        message: `pathRegex "${first.regex}"${others.length > 0 ? ` and ${others.length} more of namespace "${namespace}"` : ''} match${others.length > 0 ? '' : 'es'} whole paths only, not longer ones that begin so`,
      });
    }
  }
});
