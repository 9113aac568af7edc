import { reportAt } from '../mesh/report-at.ts';
import type { HTTPMatch, HTTPRouteGroup } from '../resources/objects.ts';
import type { Check } from './check.ts';

const anyBeginning = /^\^?(\.\*|\(\.\*\))/;
const openEnd = /(\.[*+]|\*\)\??|\+\)\??|\$)$/;

/** Path patterns that may match more, or less, than their author thinks: a finding a group, since they come in numbers. */
export const pathPatterns: Check = ({ objects }, collector) => {
  for (const group of objects.httpRouteGroups) {
    const wide = group.matches.filter(({ pathRegex }) => pathRegex !== undefined && anyBeginning.test(pathRegex));
    const whole = group.matches.filter(({ pathRegex }) => pathRegex !== undefined && !openEnd.test(pathRegex));
    const [firstWide] = wide;
    if (firstWide) {
      reportAt(collector, 'SMIC3115', group.meta, [...firstWide.at, 'pathRegex'], {
        message: `${patterns(wide)} of HTTPRouteGroup "${name(group)}" take${wide.length === 1 ? 's' : ''} any beginning of a path`,
      });
    }
    const [firstWhole] = whole;
    if (firstWhole) {
      reportAt(collector, 'SMIC3114', group.meta, [...firstWhole.at, 'pathRegex'], {
        message: `${patterns(whole)} of HTTPRouteGroup "${name(group)}" match${whole.length === 1 ? 'es' : ''} whole paths only, not longer ones that begin so`,
      });
    }
  }
};

function patterns(matches: readonly HTTPMatch[]): string {
  return matches.map(({ pathRegex }) => `"${pathRegex}"`).join(', ');
}

function name({ meta }: HTTPRouteGroup): string {
  return `${meta.namespace}/${meta.name}`;
}
