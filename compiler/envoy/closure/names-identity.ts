import type { SubjectAltNameMatcher } from '../generated/api.ts';

/**
 * Whether a matcher of names in certificates takes SPIFFE IDs only: one, or those that begin with a trust domain's part
 * for namespaces. Envoy takes any other as well, down to an empty prefix, which every certificate has.
 */
export function namesIdentity({ san_type: type, matcher }: SubjectAltNameMatcher): boolean {
  if (type !== 'URI' || !matcher) return false;
  return /^spiffe:\/\/[^/]+\/ns\/[^/]+\/sa\/[^/]+$/.test(matcher.exact ?? '') || /^spiffe:\/\/[^/]+\/ns\/$/.test(matcher.prefix ?? '');
}
