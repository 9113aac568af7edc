import { at, listAt, textAt } from '../json-at.ts';

/** Where a route or a TCP proxy sends to: a cluster, clusters with weights, or an answer of Envoy's own. */
export function destinations(action: unknown): string {
  const weighted = listAt(action, 'weighted_clusters', 'clusters');
  if (weighted.length > 0) {
    return weighted.map((one) => `${textAt(one, 'name')} ${weightOf(one)}`).join(', ');
  }
  return textAt(action, 'cluster');
}

/** What a route takes: path, method, headers. */
export function routeMatch(match: unknown): string {
  const path =
    ['prefix', 'path', 'path_separated_prefix'].map((key) => [key, textAt(match, key)] as const).find(([, value]) => value !== '') ??
    (['safe_regex', textAt(match, 'safe_regex', 'regex')] as const);
  const words = path[0] === 'prefix' || path[0] === 'path_separated_prefix' ? `${path[1]}*` : path[0] === 'path' ? `= ${path[1]}` : `~ ${path[1]}`;
  const headers = listAt(match, 'headers').map((header) => `${textAt(header, 'name')}: ${headerValue(header)}`);
  return [words === '/*' ? 'anything' : words, ...headers].join(', ');
}

function headerValue(header: unknown): string {
  const matcher = at(header, 'string_match');
  const regex = textAt(matcher, 'safe_regex', 'regex');
  const value = textAt(matcher, 'exact') || (regex === '' ? textAt(matcher, 'prefix') || '…' : `~ ${regex}`);
  return at(header, 'invert_match') === true ? `not ${value}` : value;
}

function weightOf(one: unknown): string {
  return textAt(one, 'weight') || '0';
}
