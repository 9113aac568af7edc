import type { RBAC } from '../generated/api.ts';
import type { Facts } from './facts.ts';

/** RBAC rules that would not deny by default, or whose policies are for nobody or for anybody. */
export function rbacFacts(rules: RBAC | undefined, facts: Facts): void {
  if (!rules) {
    facts.faults.push('its RBAC has no rules and so allows everything');
    return;
  }
  if (rules.action !== 'ALLOW') facts.faults.push('its RBAC rules are not a list of what is allowed');
  const policies = rules.policies ?? {};
  for (const name in policies) {
    const { principals = [], permissions = [] } = policies[name] ?? {};
    if (principals.length === 0) facts.faults.push(`its RBAC policy "${name}" is for nobody`);
    if (permissions.length === 0) facts.faults.push(`its RBAC policy "${name}" permits nothing`);
    if (principals.some((principal) => principal.any === true)) facts.faults.push(`its RBAC policy "${name}" is for anybody`);
  }
}
