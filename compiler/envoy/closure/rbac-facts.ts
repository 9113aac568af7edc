import type { Principal, RBAC } from '../generated/api.ts';
import type { Facts } from './facts.ts';
import { namesIdentity } from './names-identity.ts';

/** RBAC rules that would not deny by default, or whose policies are for nobody or for anybody. */
export function rbacFacts(rules: RBAC | undefined, facts: Facts): void {
  if (!rules) {
    facts.faults.push('its RBAC has no rules and so allows everything');
    return;
  }
  // ALLOW is the default: a message that was decoded doesn't name it.
  if ((rules.action ?? 'ALLOW') !== 'ALLOW') facts.faults.push('its RBAC rules are not a list of what is allowed');
  const policies = rules.policies ?? {};
  for (const name in policies) {
    const { principals = [], permissions = [] } = policies[name] ?? {};
    if (principals.length === 0) facts.faults.push(`its RBAC policy "${name}" is for nobody`);
    if (permissions.length === 0) facts.faults.push(`its RBAC policy "${name}" permits nothing`);
    if (!principals.every(isIdentity)) facts.faults.push(`its RBAC policy "${name}" is for others than identities of the mesh`);
  }
}

function isIdentity({ custom }: Principal): boolean {
  const config = custom?.typed_config;
  if (config?.['@type'] !== 'type.googleapis.com/envoy.extensions.rbac.principals.mtls_authenticated.v3.Config') return false;
  return config.san_matcher !== undefined && namesIdentity(config.san_matcher);
}
