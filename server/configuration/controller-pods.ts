/** Letters and digits that Kubernetes makes names of (k8s.io/apimachinery, util/rand): no vowels, nothing that looks like another. */
const random = '[bcdfghjklmnpqrstvwxz2456789]{5}';

/** What follows the controller's name in the names of its pods. */
const suffixes: Readonly<Record<string, RegExp>> = {
  Deployment: new RegExp(`^-[a-z0-9]{1,10}-${random}$`),
  ReplicaSet: new RegExp(`^-${random}$`),
  ReplicationController: new RegExp(`^-${random}$`),
  DaemonSet: new RegExp(`^-${random}$`),
  StatefulSet: /^-\d+$/,
  Job: new RegExp(`^-(\\d+-)?${random}$`),
  CronJob: new RegExp(`^-\\d+-(\\d+-)?${random}$`),
};

/** Whether a pod (`<namespace>/<pod>`) may be one that a controller (`<namespace>/<kind>/<name>`) made, by its name. */
export function isPodOfController(controller: string, pod: string): boolean {
  const [namespace, kind = '', name = ''] = controller.split('/');
  const start = `${namespace}/${name}`;
  return pod.startsWith(start) && suffixes[kind]?.test(pod.slice(start.length)) === true;
}
