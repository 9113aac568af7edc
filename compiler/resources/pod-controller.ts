import type { Path } from '../load/document.ts';
import type { CronJob, DaemonSet, Deployment, Job, Metadata, ReplicaSet, StatefulSet, WrittenPodTemplate } from './generated/types.ts';
import type { PodController } from './objects.ts';
import { readPodSpec } from './pod-spec.ts';
import type { Reading } from './reading.ts';

/** Controllers that are read: an object that one of them owns has its owner speak for it. Another owner (a Rollout, say) doesn't. */
const owners = /^(?:apps\/[^ ]+ (?:Deployment|StatefulSet|DaemonSet|ReplicaSet)|batch\/[^ ]+ (?:Job|CronJob))$/;

/** A Deployment, StatefulSet, DaemonSet, ReplicaSet or Job. Undefined where a controller owns it. */
export function readPodController(
  { metadata, spec }: Deployment | StatefulSet | DaemonSet | ReplicaSet | Job,
  reading: Reading,
): PodController | undefined {
  return readTemplate(metadata, spec.template, ['spec', 'template', 'spec'], reading);
}

export function readCronJob({ metadata, spec }: CronJob, reading: Reading): PodController | undefined {
  const path = ['spec', 'jobTemplate', 'spec', 'template', 'spec'];
  return readTemplate(metadata, spec.jobTemplate.spec.template, path, reading);
}

function readTemplate(metadata: Metadata, template: WrittenPodTemplate, path: Path, reading: Reading): PodController | undefined {
  const owned = metadata.ownerReferences?.some(
    ({ apiVersion, kind, controller }) => controller === true && owners.test(`${apiVersion ?? ''} ${kind}`),
  );
  if (owned) return undefined;
  const { labels, annotations } = template.metadata ?? {};
  return { meta: reading.meta, spec: readPodSpec(template.spec, labels, annotations, path, reading) };
}
