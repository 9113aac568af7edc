import type { Path } from '../load/document.ts';
import { reportAt } from '../mesh/report-at.ts';
import { injectionAnnotation, switchWord } from '../mesh/sidecar-rule.ts';
import type { Meta } from '../resources/objects.ts';
import { quoted } from '../load/words.ts';
import { type Check, check } from './check.ts';

/** Injection annotations with a value that Open Service Mesh would have refused. */
export const injectionAnnotations: Check = check(['namespaces', 'pods', 'podControllers'], ({ namespaces, pods, podControllers }, collector) => {
  const annotated: readonly (readonly [Meta, Meta['annotations'], Path])[] = [
    ...namespaces.map(({ meta }) => [meta, meta.annotations, []] as const),
    ...pods.map(({ meta, spec }) => [meta, spec.annotations, []] as const),
    ...podControllers.map(({ meta, spec }) => [meta, spec.annotations, templatePath(meta)] as const),
  ];
  for (const [meta, annotations, at] of annotated) {
    const value = annotations[injectionAnnotation];
    if (value === undefined || switchWord(value) !== undefined) continue;
    reportAt(collector, 'SMIC5003', meta, [...at, 'metadata', 'annotations', injectionAnnotation], {
      message: `${quoted(value)} isn't a value of the annotation ${injectionAnnotation}; the pods are taken as having a sidecar`,
    });
  }
});

/** Where a controller has its pods' template. */
function templatePath({ kind }: Meta): Path {
  return kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template'] : ['spec', 'template'];
}
