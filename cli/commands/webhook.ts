import { CertificateError } from '../../server/certificates/certificate-error.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { createLog } from '../../server/log.ts';
import { defaultServerIdentity } from '../../server/serve-options.ts';
import type { MeshSettings } from '../../webhook/inject/mesh-settings.ts';
import { names } from '../../webhook/names.ts';
import { type RunningWebhook, startWebhook } from '../../webhook/start-webhook.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { Failure, isSystemError } from '../failure.ts';
import { readBundle } from '../inject/read-bundle.ts';
import { clusterFailure } from '../kubernetes/cluster-failure.ts';
import { connect } from '../kubernetes/connect.ts';
import type { WebhookFlags } from '../program/webhook-command.ts';
import { untilStopped } from '../terminal/until-stopped.ts';
import type { Terminal } from '../terminal/terminal.ts';

const service = `${names.webhook}.${names.namespace}.svc`;
const defaultNames = [service, `${service}.cluster.local`];

/** `smic webhook`: until SIGTERM or SIGINT. */
export async function webhookCommand({ err }: Terminal, flags: WebhookFlags): Promise<ExitCode> {
  let client: KubeClient | undefined;
  try {
    client = await connect(flags, err);
    const webhook = await started(client, flags);
    await untilStopped();
    await webhook.close();
    return exitCode.yes;
  } catch (error) {
    throw clusterFailure(error);
  } finally {
    client?.close();
  }
}

async function started(client: KubeClient, flags: WebhookFlags): Promise<RunningWebhook> {
  const { meshName, meshNamespace, trustDomain, clusterDomain, trustBundle } = flags;
  if (flags.certificate === undefined && flags.ca === undefined) {
    throw new Failure('the webhook has no certificate', 'Give --certificate DIR, or --ca DIR.');
  }
  const serverVersion = flags.nativeSidecars === 'auto' ? await versionOf(client) : undefined;
  const fixed = {
    meshName,
    meshNamespace,
    trustDomain,
    server: flags.server,
    issuer: flags.issuer,
    serverIdentity: flags.serverIdentity ?? defaultServerIdentity(trustDomain),
    image: flags.image,
    initImage: flags.initImage,
    ipv6: flags.ipv6 === true,
    nativeSidecars: flags.nativeSidecars,
    serverVersion,
  };
  const settings = async (): Promise<Omit<MeshSettings, 'config'>> => ({ ...fixed, trustBundle: trustBundle === undefined ? undefined : await readBundle(trustBundle) });
  // What is wrong with it is said before anything listens.
  await settings();
  try {
    return await startWebhook({
      client,
      certificate: flags.ca === undefined ? { folder: flags.certificate ?? '' } : { ca: flags.ca, dnsNames: flags.dns.length > 0 ? flags.dns : defaultNames },
      address: flags.listen,
      adminAddress: flags.admin,
      settings,
      mesh: { meshName, meshNamespace, trustDomain, clusterDomain },
      log: createLog(flags.logLevel),
    });
  } catch (error) {
    if (error instanceof CertificateError) {
      throw new Failure(error.message, error.fix);
    }
    throw isSystemError(error) ? new Failure(`cannot listen: ${error.message}`, 'Give another address with --listen or --admin.') : error;
  }
}

async function versionOf(client: KubeClient): Promise<MeshSettings['serverVersion']> {
  const { major, minor } = JSON.parse(await client.raw({ method: 'GET', path: '/version' })) as { readonly major?: string; readonly minor?: string };
  const [first, second] = [major, minor].map((text) => Number.parseInt(text ?? '', 10));
  return first !== undefined && second !== undefined && first >= 1 && second >= 0 ? { major: first, minor: second } : undefined;
}
