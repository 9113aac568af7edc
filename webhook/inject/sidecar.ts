import { adminPort, inboundPort, prometheusPort } from '../../compiler/envoy/names.ts';
import { type Probe, probePath, probePorts } from '../../server/bootstrap/probe.ts';
import { agentArguments, agentCommand, credentialsFolder, credentialsVolume, probesText, runFolder, runVolume, sidecarContainer, sidecarUser, variables, waitCommand } from '../sidecar-contract.ts';
import { isNative, type MeshSettings } from './mesh-settings.ts';
import type { Container, HttpGet } from './pod-object.ts';

/** Seconds that a classic sidecar goes on after SIGTERM, which it gets at the same moment as the application. */
const classicDrainSeconds = 5;

/** Its own probes are answered as the others are. What they ask is Envoy's word that it is ready. */
const ownProbes = (['readiness', 'startup'] as const).map((kind): Probe => ({ kind, container: sidecarContainer, http: { port: adminPort, path: '/ready', ownHost: true } }));

/** What a pod may take before the MeshConfig says more. No limits: how much a sidecar needs depends on the traffic. */
const defaultResources = { requests: { cpu: '50m', memory: '128Mi' } };

/** The container with Envoy. `probes`: those of the pod's own containers. */
export function sidecar(settings: MeshSettings, probes: readonly Probe[]): Container {
  const native = isNative(settings);
  // A classic sidecar needs no startup probe: kubelet waits for its hook before it starts the next container.
  const own = ownProbes.filter(({ kind }) => native || kind === 'readiness');
  const { config, trustBundle } = settings;
  return {
    name: sidecarContainer,
    image: settings.image,
    ...(native && { restartPolicy: 'Always' }),
    command: agentCommand,
    args: agentArguments({
      server: settings.server,
      issuer: settings.issuer,
      serverIdentity: settings.serverIdentity,
      trustDomain: settings.trustDomain,
      logLevel: config?.logLevel ?? 'error',
      ipv6: settings.ipv6,
      drainSeconds: native ? 0 : classicDrainSeconds,
    }),
    env: [
      ofPod(variables.podName, 'metadata.name'),
      ofPod(variables.podNamespace, 'metadata.namespace'),
      ofPod(variables.podUid, 'metadata.uid'),
      ofPod(variables.podIP, 'status.podIP'),
      ofPod(variables.serviceAccount, 'spec.serviceAccountName'),
      ...(trustBundle === undefined ? [] : [{ name: variables.trustBundle, value: trustBundle }]),
      { name: variables.probes, value: probesText([...probes, ...own]) },
    ],
    ports: [
      port('proxy-admin', adminPort),
      port('proxy-inbound', inboundPort),
      port('proxy-metrics', prometheusPort),
      ...(['liveness', 'readiness', 'startup'] as const)
        .filter((kind) => [...probes, ...own].some((probe) => probePorts[probe.kind] === probePorts[kind]))
        .map((kind) => port(`${kind}-port`, probePorts[kind])),
    ],
    ...(native && { startupProbe: { httpGet: askedBy('startup'), periodSeconds: 1, timeoutSeconds: 3, failureThreshold: 600 } }),
    readinessProbe: { httpGet: askedBy('readiness'), periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 },
    ...(!native && { lifecycle: { postStart: { exec: { command: waitCommand } } } }),
    resources: Object.keys(config?.resources ?? {}).length > 0 ? config?.resources : defaultResources,
    securityContext: {
      runAsUser: sidecarUser,
      runAsGroup: sidecarUser,
      runAsNonRoot: true,
      privileged: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumeMounts: [
      { name: credentialsVolume, mountPath: credentialsFolder, readOnly: true },
      { name: runVolume, mountPath: runFolder },
    ],
  };
}

function askedBy(kind: 'readiness' | 'startup'): HttpGet {
  return { path: probePath({ kind, container: sidecarContainer }), port: probePorts[kind], scheme: 'HTTP' };
}

function ofPod(name: string, fieldPath: string): { readonly name: string; readonly valueFrom: object } {
  return { name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } };
}

function port(name: string, containerPort: number): { readonly name: string; readonly containerPort: number; readonly protocol: string } {
  return { name, containerPort, protocol: 'TCP' };
}
