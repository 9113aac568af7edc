import type { Settings } from '../settings.ts';

/** The two parts of an installation that run. */
export type Component = 'server' | 'webhook';

/** What every object of an installation carries; by it they are found again. */
export const ownLabels = { 'app.kubernetes.io/name': 'smic', 'app.kubernetes.io/part-of': 'smic' } as const;

function componentLabels(component: Component): Readonly<Record<string, string>> {
  return { ...ownLabels, 'app.kubernetes.io/component': component };
}

/** By which Deployments, Services, budgets and policies choose pods. A Deployment's can never be changed. */
export function selectorLabels(component: Component): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/name': 'smic', 'app.kubernetes.io/component': component };
}

/** `metadata` of an object in the installation's namespace. */
export function namespaced({ namespace }: Settings, name: string, component?: Component): { readonly name: string; readonly namespace: string; readonly labels: Readonly<Record<string, string>> } {
  return { name, namespace, labels: component === undefined ? ownLabels : componentLabels(component) };
}
