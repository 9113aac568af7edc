import type { RBAC } from '../generated/api.ts';
import { type Facts, faultsWhere, noFacts, together } from './facts.ts';

/** RBAC rules that would not deny by default, or whose policies are for nobody or for anybody. */
export function rbacFacts(rules: RBAC | undefined): Facts {
  if (!rules) return faultsWhere([true, 'its RBAC has no rules and so allows everything']);
  return together([
    faultsWhere([rules.action !== 'ALLOW', 'its RBAC rules are not a list of what is allowed']),
    ...Object.entries(rules.policies ?? {}).map(([name, policy]) =>
      faultsWhere(
        [(policy.principals ?? []).length === 0, `its RBAC policy "${name}" is for nobody`],
        [(policy.permissions ?? []).length === 0, `its RBAC policy "${name}" permits nothing`],
        [(policy.principals ?? []).some((principal) => principal.any === true), `its RBAC policy "${name}" is for anybody`],
      ),
    ),
    noFacts,
  ]);
}
