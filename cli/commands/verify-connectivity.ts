import { identityOf } from '../../compiler/mesh/identity.ts';
import type { Mesh } from '../../compiler/mesh/mesh.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { printResults } from '../checkup/print-results.ts';
import { allWell, type Category, failed, ok, type Result, skipped, warning } from '../checkup/result.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { withCluster } from '../kubernetes/connect.ts';
import { assumedInstallation, installationIn, present } from '../operate/installation.ts';
import { podView, type PodView } from '../operate/pod.ts';
import { type MeshObjects, readMeshObjects } from '../operate/read-mesh-objects.ts';
import { serverStatuses } from '../operate/server-status.ts';
import type { ConnectivityFlags, Target } from '../program/verify-command.ts';
import { fetchStatus } from '../status/fetch-status.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { compileMesh } from '../verify/compile-mesh.ts';
import { type Place, placesOfPod, placesOfService } from '../verify/destination.ts';
import { policyVerdict } from '../verify/policy-verdict.ts';
import { sidecarResult, syncResults } from '../verify/sidecar-results.ts';

/** `smic verify connectivity`. */
export async function verifyConnectivityCommand(terminal: Terminal, flags: ConnectivityFlags): Promise<ExitCode> {
  const categories = await withCluster(flags, terminal.err, (client) => verify(client, flags));
  const to = flags.to.kind === 'pod' ? `${flags.to.namespace}/${flags.to.name}` : `service ${flags.to.namespace}/${flags.to.name}`;
  await printResults(terminal, categories, flags.output, `${flags.from} can call ${to}`, { from: flags.from, to });
  return allWell(categories) ? exitCode.yes : exitCode.no;
}

async function verify(client: KubeClient, flags: ConnectivityFlags): Promise<readonly Category[]> {
  const installation = (await installationIn(client, flags.namespace)) ?? assumedInstallation(flags.namespace);
  const [namespace = '', name = ''] = flags.from.split('/');
  const from = await needPod(client, { kind: 'pod', namespace, name });
  const content = await readMeshObjects(client);
  const { mesh, errors } = compileMesh(content.objects, installation);
  const places = flags.to.kind === 'pod' ? placesOfPod(mesh, flags.to.namespace, flags.to.name, flags.port) : placesOfService(mesh, `${flags.to.namespace}/${flags.to.name}`, flags.port);
  const targets = flags.to.kind === 'pod' ? [await needPod(client, flags.to)] : podsBehind(content, places);
  const problems = errors.length === 0 ? [] : [warning("the cluster's policy has no errors", 'policy', `${errors.length}, as ${errors[0]?.code}: ${errors[0]?.message ?? ''}. Objects with errors allow nothing.`)];
  const unread = content.denied.length === 0 ? [] : [warning('all policy can be read', 'policy', `You may not list ${content.denied.join(', ')}: what they say is left out.`)];
  return [
    { title: 'policy', results: [...unread, ...problems, ...policyResults(mesh, from, places, flags)] },
    { title: 'sidecars', results: await Promise.all([from, ...targets].map((pod) => sidecarResult(client, pod, installation))) },
    { title: 'server', results: await serverResults(client, flags, [from, ...targets].filter(({ sidecar }) => sidecar !== undefined)) },
  ];
}

function policyResults(mesh: Mesh, from: PodView, places: readonly Place[], { to, port, method, path, header }: ConnectivityFlags): readonly Result[] {
  if (places.length === 0) {
    const what = to.kind === 'pod' ? 'No Service of the mesh with pods that have sidecars leads to the pod' : 'There is no such Service in the mesh, or no pod with a sidecar behind it';
    return [failed('the destination is in the mesh', 'policy', `${what}${port === undefined ? '' : ` at port ${port}`}.`)];
  }
  const client = identityOf(from.namespace, from.serviceAccount);
  return places.map((place) => {
    const { called, port: reached, identity, weight } = place;
    const check = `policy lets ${client} call ${called.service.key}:${called.port}${reached === called ? '' : ` (${reached.service.key}, weight ${weight})`} as ${identity}`;
    const verdict = policyVerdict(mesh, client, reached, identity, { ...(method !== undefined && { method }), ...(path !== undefined && { path }), ...(header !== undefined && { headers: header }) });
    switch (verdict.allowed) {
      case 'yes':
        return ok(check, verdict.rule);
      case 'depends':
        return warning(check, 'policy', 'It depends on the request:', ...verdict.rules.map(({ rule, wants }) => `${rule} wants ${wants}`));
      case 'no':
        // What gets nothing is refused without harm.
        return weight === 0 ? warning(check, 'policy', `${verdict.reason}; its weight is 0.`) : failed(check, 'policy', `${verdict.reason}.`);
    }
  });
}

async function needPod(client: KubeClient, { namespace, name }: Target): Promise<PodView> {
  const pod = await present(client, { apiVersion: 'v1', kind: 'Pod', namespace, name });
  if (pod === undefined) {
    throw new Failure(`there is no pod ${namespace}/${name}`, `kubectl get pods -n ${namespace} lists them.`);
  }
  return podView(pod);
}

function podsBehind({ objects }: MeshObjects, places: readonly Place[]): readonly PodView[] {
  const behind = new Set(places.flatMap(({ port, identity }) => [...port.targetPortOf.keys()].filter((workload) => workload.identity === identity).map(({ meta, name }) => `${meta.namespace}/${name}`)));
  return objects.filter(({ kind, metadata }) => kind === 'Pod' && behind.has(`${metadata.namespace}/${metadata.name}`)).map(podView);
}

async function serverResults(client: KubeClient, { namespace, server }: ConnectivityFlags, pods: readonly PodView[]): Promise<readonly Result[]> {
  const check = 'the server can be asked';
  const { statuses, silent } = server === undefined ? await serverStatuses(client, namespace) : { statuses: [await fetchStatus(server)], silent: [] as readonly string[] };
  if (statuses.length === 0) {
    return [skipped(check, ...(silent.length === 0 ? [`There is no server in ${namespace}.`] : silent), 'Certificates and configuration of the sidecars are not checked.')];
  }
  // A sidecar may be connected to one that is silent.
  const results = pods.flatMap((pod) => syncResults(pod, statuses, silent.length === 0));
  return silent.length === 0 ? results : [warning(check, 'not-connected', ...silent), ...results];
}
