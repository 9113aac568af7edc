import { ArtifactError } from '../../compiler/artifact/artifact-error.ts';
import { CertificateError } from '../../server/certificates/certificate-error.ts';
import { kubeCluster } from '../../server/enrolment/kube-cluster.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { createLog } from '../../server/log.ts';
import { type RunningServer, startServer } from '../../server/serve.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { Failure, isSystemError, systemErrorWords } from '../failure.ts';
import type { ServeFlags } from '../program/serve-flags.ts';
import { untilStopped } from '../terminal/until-stopped.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `smic serve ARTIFACT`: until SIGTERM or SIGINT, and at the second of them at once. */
export async function serveCommand(terminal: Terminal, artifact: string, flags: ServeFlags): Promise<ExitCode> {
  const client = flags.enrolment === undefined ? undefined : await connected(terminal, flags);
  const server = await started(artifact, flags, client).catch((error: unknown) => {
    client?.close();
    throw error;
  });
  const reload = (): void => void server.reload();
  process.on('SIGHUP', reload);
  await untilStopped();
  const impatient = (): void => process.exit(exitCode.unknown);
  process.on('SIGTERM', impatient).on('SIGINT', impatient);
  await server.close();
  client?.close();
  process.off('SIGTERM', impatient).off('SIGINT', impatient).off('SIGHUP', reload);
  return exitCode.yes;
}

/** Connects to nothing yet. */
async function connected({ err }: Terminal, flags: ServeFlags): Promise<KubeClient> {
  const [{ connect }, { clusterFailure }] = await Promise.all([import('../kubernetes/connect.ts'), import('../kubernetes/cluster-failure.ts')]);
  try {
    return await connect(flags, err);
  } catch (error) {
    throw clusterFailure(error);
  }
}

async function started(artifact: string, flags: ServeFlags, client: KubeClient | undefined): Promise<RunningServer> {
  try {
    return await startServer({
      artifact,
      ca: flags.ca,
      log: createLog(flags.logLevel),
      address: flags.listen,
      adminAddress: flags.admin,
      ...(flags.trustDomain !== undefined && { trustDomain: flags.trustDomain }),
      ...(flags.identity !== undefined && { identity: flags.identity }),
      ...(flags.dns.length > 0 && { dnsNames: flags.dns }),
      ...(flags.lifetime !== undefined && { certificateLifetimeSeconds: flags.lifetime }),
      drainSeconds: flags.drain,
      ...(client && flags.enrolment && { enrolment: { address: flags.enrolment, cluster: kubeCluster(client) } }),
    });
  } catch (error) {
    throw failureOf(error, artifact);
  }
}

function failureOf(error: unknown, artifact: string): unknown {
  if (error instanceof ArtifactError) {
    return new Failure(`cannot serve ${artifact}: ${error.message}`, 'smic compile --out DIR or --bundle FILE writes an artifact.');
  }
  if (error instanceof CertificateError) {
    return new Failure(error.message, error.fix);
  }
  if (!isSystemError(error)) {
    return error;
  }
  if (error.code === 'EADDRINUSE' || error.syscall === 'listen' || error.syscall === 'getaddrinfo') {
    return new Failure(`cannot listen: ${error.message}`, 'Give another address with --listen or --admin.');
  }
  return new Failure(`cannot read ${error.path ?? artifact}: ${systemErrorWords(error)}`, 'smic compile --out DIR or --bundle FILE writes an artifact.');
}
