import { identityOf } from '../../compiler/mesh/identity.ts';
import type { Mesh } from '../../compiler/mesh/mesh.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { readCluster } from '../../server/kubernetes/read-cluster.ts';
import { printResults } from '../checkup/print-results.ts';
import { allWell, type Category, failed, ok, type Result, skipped, warning } from '../checkup/result.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { withCluster } from '../kubernetes/connect.ts';
import { assumedInstallation, installationIn, present } from '../operate/installation.ts';
import { podView, type PodView } from '../operate/pod.ts';
import { serverStatuses, silentWords } from '../operate/server-status.ts';
import type { ConnectivityFlags, Target } from '../program/verify-command.ts';
import { fetchStatus } from '../status/fetch-status.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { compileMesh } from '../verify/compile-mesh.ts';
import { isDenied, type Place, placesOfPod, placesOfService } from '../verify/destination.ts';
import { policyVerdict } from '../verify/policy-verdict.ts';
import { sidecarResult, syncResults } from '../verify/sidecar-results.ts';

/** A target of which the namespace is known. */
interface Named extends Target {
  readonly namespace: string;
}

interface Call extends Omit<ConnectivityFlags, 'from' | 'to'> {
  readonly from: Named;
  readonly to: Named;
}

/** `smic verify connectivity`. */
export async function verifyConnectivityCommand(terminal: Terminal, flags: ConnectivityFlags): Promise<ExitCode> {
  const { call, categories } = await withCluster(flags, terminal.err, async (client) => {
    const named = ({ namespace = flags.namespace ?? client.access.namespace, ...target }: Target): Named => ({ ...target, namespace });
    const asked = { ...flags, from: named(flags.from), to: named(flags.to) };
    return { call: asked, categories: await verify(client, asked) };
  });
  const [from, to] = [wordsOf(call.from), wordsOf(call.to)];
  await printResults(terminal, categories, flags.output, `${from} can call ${to}`, { from, to });
  return allWell(categories) ? exitCode.yes : exitCode.no;
}

function wordsOf({ kind, namespace, name }: Named): string {
  return `${kind === 'pod' ? '' : 'service '}${namespace}/${name}`;
}

async function verify(client: KubeClient, flags: Call): Promise<readonly Category[]> {
  const installation = (await installationIn(client, flags.installation)) ?? assumedInstallation(flags.installation);
  const from = await needPod(client, flags.from);
  const { objects, denied } = await readCluster(client);
  const { mesh, errors } = compileMesh(objects, installation);
  const places = flags.to.kind === 'pod' ? placesOfPod(mesh, flags.to.namespace, flags.to.name, flags.port) : placesOfService(mesh, `${flags.to.namespace}/${flags.to.name}`, flags.port);
  const targets = flags.to.kind === 'pod' ? [await needPod(client, flags.to)] : await podsBehind(client, places);
  const problems = errors.length === 0 ? [] : [warning("the cluster's policy has no errors", 'policy', `${errors.length}, as ${errors[0]?.code}: ${errors[0]?.message ?? ''}. What is broken in them allows nothing.`)];
  const unread = denied.length === 0 ? [] : [warning('all policy can be read', 'policy', `You may not list ${denied.map(({ kind }) => kind.kind).join(', ')}: what they say is left out.`)];
  return [
    { title: 'policy', results: [...unread, ...problems, ...policyResults(mesh, from, places, flags)] },
    { title: 'sidecars', results: await Promise.all([from, ...targets].map((pod) => sidecarResult(client, pod, installation))) },
    { title: 'server', results: await serverResults(client, flags, [from, ...targets].filter(({ sidecar }) => sidecar !== undefined)) },
  ];
}

function policyResults(mesh: Mesh, from: PodView, places: readonly Place[], { to, port, method, path, header }: Call): readonly Result[] {
  if (places.length === 0) {
    const what = to.kind === 'pod' ? 'No Service of the mesh with pods that have sidecars leads to the pod' : 'There is no such Service in the mesh, or no pod with a sidecar behind it';
    return [failed('the destination is in the mesh', 'policy', `${what}${port === undefined ? '' : ` at port ${port}`}.`)];
  }
  const client = identityOf(from.namespace, from.serviceAccount);
  if (!mesh.settings.known) {
    return [failed('the MeshConfig can be read', 'policy', 'It is broken: what holds is not known.')];
  }
  const denied = places.some((place) => isDenied(mesh, place)) ? [failed('every TrafficSplit in between is sound', 'policy', 'One is broken, or what it names: its share of the requests goes nowhere.')] : [];
  const verdicts = places.map((place) => {
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
  return [...denied, ...verdicts];
}

async function needPod(client: KubeClient, { namespace, name }: Named): Promise<PodView> {
  const pod = await present(client, { apiVersion: 'v1', kind: 'Pod', namespace, name });
  if (pod === undefined) {
    throw new Failure(`there is no pod ${namespace}/${name}`, `kubectl get pods -n ${namespace} lists them.`);
  }
  return podView(pod);
}

/** In full: the compiler reads less of a pod. One that has gone since is left out. */
async function podsBehind(client: KubeClient, places: readonly Place[]): Promise<readonly PodView[]> {
  const workloads = places.flatMap(({ port, identity }) => [...port.targetPortOf.keys()].filter((workload) => workload.identity === identity));
  const behind = new Set(workloads.map(({ meta, name }) => `${meta.namespace}/${name}`));
  const lists = await Promise.all([...new Set(workloads.map(({ meta }) => meta.namespace))].map((namespace) => client.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace })));
  return lists.flatMap(({ items }) => items.map(podView)).filter(({ namespace, name }) => behind.has(`${namespace}/${name}`));
}

async function serverResults(client: KubeClient, { installation, server }: Call, pods: readonly PodView[]): Promise<readonly Result[]> {
  const check = 'the server can be asked';
  const { servers, silent } = server === undefined ? await serverStatuses(client, installation) : { servers: [{ name: server, status: await fetchStatus(server) }], silent: [] };
  if (servers.length === 0) {
    return [skipped(check, ...(silent.length === 0 ? [`There is no server in ${installation}.`] : silent.map(silentWords)), 'Certificates and configuration of the sidecars are not checked.')];
  }
  // A sidecar may be connected to one that is silent.
  const results = pods.flatMap((pod) => syncResults(pod, servers.map(({ status }) => status), silent.length === 0));
  return silent.length === 0 ? results : [warning(check, 'not-connected', ...silent.map(silentWords)), ...results];
}
