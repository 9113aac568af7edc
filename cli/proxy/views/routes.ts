import type { EnvoyDump, HeldResource } from '../envoy-dump.ts';
import { at, entriesAt, listAt, textAt } from '../json-at.ts';
import { type FindPlaces, metadataObjects, policyObjects } from '../source-objects.ts';
import { destinations, routeMatch } from './route-words.ts';
import { firstOf, nameWords, type View, type ViewRow } from './view.ts';

/** A route of a virtual host. */
export interface RouteRow extends ViewRow {
  readonly name: string;
  readonly state: HeldResource['state'];
  readonly domains: readonly string[];
  readonly match: string;
  readonly to: string;
}

export const routeView: View<RouteRow> = {
  columns: ['ROUTE', 'HOSTS', 'MATCH', 'TO'],
  cells: (row) => [nameWords(row), firstOf(row.domains), row.match, row.to],
};

/** A row for each route. Its sources: what it was made for, then the policies that let requests pass. */
export function routeRows({ resources }: EnvoyDump, places: FindPlaces): readonly RouteRow[] {
  return resources
    .filter(({ type }) => type === 'route')
    .flatMap(({ name, state, message }) =>
      listAt(message, 'virtual_hosts').flatMap((host) =>
        listAt(host, 'routes').map((route) => ({
          name,
          state,
          domains: listAt(host, 'domains').map(String),
          match: routeMatch(at(route, 'match')),
          to: target(route),
          sources: places('route', name, [...metadataObjects(route), ...policies(host), ...policies(route)]),
        })),
      ),
    );
}

function policies(part: unknown): readonly string[] {
  return entriesAt(part, 'typed_per_filter_config').flatMap(([, config]) => policyObjects(at(config, 'rbac', 'rules')));
}

function target(route: unknown): string {
  const status = textAt(route, 'direct_response', 'status');
  const redirect = at(route, 'redirect') === undefined ? '' : 'redirect';
  return destinations(at(route, 'route')) || (status === '' ? redirect : `answer ${status}`);
}
