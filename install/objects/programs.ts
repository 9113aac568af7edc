import { addressText, defaultAddress, defaultAdminAddress } from '../../server/serve-options.ts';
import { names, ports } from '../../webhook/names.ts';
import type { Manifest } from '../manifest.ts';
import type { Settings } from '../settings.ts';
import { deployment, type Mount } from './deployment.ts';

/** How an installation is to be, beside its settings. */
export interface Variant {
  readonly highlyAvailable: boolean;
  /** The webhook's certificate comes from cert-manager, not from the webhook's own CA. */
  readonly certManager: boolean;
}

const folders = { meshAuthority: '/etc/smic/ca', webhookAuthority: '/etc/smic/webhook-ca', webhookCertificate: '/etc/smic/webhook-certificate', trust: '/etc/smic/trust' } as const;

/** `smic serve --live`. */
export function serverDeployment(settings: Settings, { highlyAvailable }: Variant): Manifest {
  const { namespace, trustDomain, clusterDomain } = settings;
  const service = `${names.server}.${namespace}.svc`;
  return deployment(settings, {
    component: 'server',
    name: names.server,
    replicas: highlyAvailable ? undefined : settings.serverReplicas,
    args: [
      'serve',
      '--live',
      `--ca=${folders.meshAuthority}`,
      `--listen=${everywhere(defaultAddress.port)}`,
      `--enrolment=${everywhere(ports.enrolment)}`,
      `--admin=${everywhere(defaultAdminAddress.port)}`,
      `--identity=${serverIdentity(settings)}`,
      `--dns=${service}`,
      `--dns=${service}.${clusterDomain}`,
      ...meshArguments(settings),
      `--trust-domain=${trustDomain}`,
      '--drain=20s',
    ],
    ports: [
      { name: 'xds', containerPort: defaultAddress.port },
      { name: 'enrolment', containerPort: ports.enrolment },
    ],
    adminPort: defaultAdminAddress.port,
    cpu: settings.serverCpu,
    memory: settings.serverMemory,
    mounts: [secret('ca', folders.meshAuthority, names.meshAuthority)],
    graceSeconds: 40,
  });
}

/** `smic webhook`. */
export function webhookDeployment(settings: Settings, { certManager }: Variant): Manifest {
  const { namespace, trustDomain, clusterDomain } = settings;
  const service = `${names.webhook}.${namespace}.svc`;
  return deployment(settings, {
    component: 'webhook',
    name: names.webhook,
    replicas: settings.webhookReplicas,
    args: [
      'webhook',
      ...(certManager ? [`--certificate=${folders.webhookCertificate}`] : [`--ca=${folders.webhookAuthority}`, `--dns=${service}`, `--dns=${service}.${clusterDomain}`]),
      `--listen=${everywhere(ports.webhook)}`,
      `--admin=${everywhere(ports.webhookAdmin)}`,
      `--server=${names.server}.${namespace}.svc:${defaultAddress.port}`,
      `--issuer=${names.server}.${namespace}.svc:${ports.enrolment}`,
      `--server-identity=${serverIdentity(settings)}`,
      `--trust-bundle=${folders.trust}/ca.crt`,
      `--image=${settings.image}`,
      `--init-image=${settings.initImage}`,
      `--native-sidecars=${settings.nativeSidecars}`,
      ...(settings.ipv6 ? ['--ipv6'] : []),
      ...meshArguments(settings),
      `--trust-domain=${trustDomain}`,
    ],
    ports: [{ name: 'https', containerPort: ports.webhook }],
    adminPort: ports.webhookAdmin,
    cpu: settings.webhookCpu,
    memory: settings.webhookMemory,
    mounts: [
      certManager ? secret('certificate', folders.webhookCertificate, names.webhookCertificate) : secret('ca', folders.webhookAuthority, names.webhookAuthority),
      { name: 'trust', path: folders.trust, source: { configMap: { name: names.trustBundle } } },
    ],
    graceSeconds: 30,
  });
}

function meshArguments({ meshName, meshNamespace, clusterDomain, logLevel }: Settings): readonly string[] {
  return [`--mesh-name=${meshName}`, `--mesh-namespace=${meshNamespace}`, `--cluster-domain=${clusterDomain}`, `--log-level=${logLevel}`];
}

function serverIdentity({ namespace, trustDomain }: Settings): string {
  return `spiffe://${trustDomain}/ns/${namespace}/sa/${names.server}`;
}

function everywhere(port: number): string {
  return addressText({ host: '0.0.0.0', port });
}

/** Its owner is root and its group the pod's: nobody else reads it. */
function secret(name: string, path: string, secretName: string): Mount {
  return { name, path, source: { secret: { secretName, defaultMode: 0o440 } } };
}
