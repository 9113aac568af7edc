import { names } from '../../webhook/names.ts';
import type { Manifest } from '../manifest.ts';
import type { Settings } from '../settings.ts';
import { type Component, namespaced, selectorLabels } from './labels.ts';

/** While nodes are drained one pod is missing at most. */
export function disruptionBudgets(settings: Settings): readonly Manifest[] {
  const budget = (name: string, component: Component): Manifest => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: namespaced(settings, name, component),
    spec: { maxUnavailable: 1, selector: { matchLabels: selectorLabels(component) } },
  });
  return [budget(names.server, 'server'), budget(names.webhook, 'webhook')];
}

/** The server's autoscaler. Sidecars stay with the server that they are connected to, so it goes down slowly. */
export function autoscaler(settings: Settings): Manifest {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: namespaced(settings, names.server, 'server'),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: names.server },
      minReplicas: settings.serverReplicas,
      maxReplicas: settings.serverMaxReplicas,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }],
      behavior: { scaleDown: { stabilizationWindowSeconds: 600, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] } },
    },
  };
}
