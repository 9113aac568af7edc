import { injectionAnnotation, understoodInjection } from '../mesh/membership.ts';
import { reportAt } from '../mesh/report-at.ts';
import type { Meta } from '../resources/objects.ts';
import type { Check } from './check.ts';

/** Injection annotations with a value that Open Service Mesh would have refused. */
export const injectionAnnotations: Check = ({ objects }, collector) => {
  const annotated: readonly { readonly meta: Meta; readonly annotations: Meta['annotations'] }[] = [
    ...objects.namespaces.map(({ meta }) => ({ meta, annotations: meta.annotations })),
    ...[...objects.pods, ...objects.podControllers].map(({ meta, spec }) => ({ meta, annotations: spec.annotations })),
  ];
  for (const { meta, annotations } of annotated) {
    const value = annotations[injectionAnnotation];
    if (value === undefined || understoodInjection(value)) continue;
    reportAt(collector, 'SMIC5003', meta, ['metadata', 'annotations', injectionAnnotation], {
      message: `"${value}" isn't a value of the annotation ${injectionAnnotation}; the pods are taken as having a sidecar`,
    });
  }
};
