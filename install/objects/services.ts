import { defaultAddress } from '../../server/serve-options.ts';
import { names, ports } from '../../webhook/names.ts';
import type { Manifest } from '../manifest.ts';
import type { Settings } from '../settings.ts';
import { type Component, namespaced, selectorLabels } from './labels.ts';

/** Where sidecars and the API server call. The admin endpoints have no Service: they are asked pod by pod. */
export function services(settings: Settings): readonly Manifest[] {
  return [
    service(settings, names.server, 'server', [
      { name: 'grpc-xds', port: defaultAddress.port, targetPort: 'xds' },
      { name: 'https-enrolment', port: ports.enrolment, targetPort: 'enrolment' },
    ]),
    service(settings, names.webhook, 'webhook', [{ name: 'https', port: 443, targetPort: 'https' }]),
  ];
}

function service(settings: Settings, name: string, component: Component, list: readonly object[]): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: namespaced(settings, name, component),
    spec: { type: 'ClusterIP', selector: selectorLabels(component), ports: list.map((port) => ({ ...port, protocol: 'TCP' })) },
  };
}
