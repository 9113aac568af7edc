import { ArtifactError } from '../../compiler/artifact/artifact-error.ts';
import { CertificateError } from '../../server/certificates/certificate-error.ts';
import type { SourceOptions } from '../../server/configuration-source.ts';
import { kubeCluster } from '../../server/enrolment/kube-cluster.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { createLog } from '../../server/log.ts';
import { type RunningServer, startServer } from '../../server/serve.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { Failure, isSystemError, systemErrorWords } from '../failure.ts';
import type { ServeFlags } from '../program/serve-flags.ts';
import { clusterClient } from '../serve/cluster-client.ts';
import { serveSource } from '../serve/serve-source.ts';
import { untilStopped } from '../terminal/until-stopped.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `smic serve`: until SIGTERM or SIGINT, and at the second of them at once. */
export async function serveCommand(terminal: Terminal, artifact: string | undefined, flags: ServeFlags): Promise<ExitCode> {
  const source = await serveSource(artifact, flags, terminal.err);
  const client = flags.enrolment === undefined ? undefined : await clusterClient(flags, terminal.err);
  const stop = new AbortController();
  const stopped = untilStopped().then(() => stop.abort());
  const server = await started(source, flags, client, stop.signal).catch((error: unknown) => {
    client?.close();
    throw error;
  });
  if (!server) {
    client?.close();
    return exitCode.yes;
  }
  const reload = (): void => void server.reload();
  process.on('SIGHUP', reload);
  await stopped;
  const impatient = (): void => process.exit(exitCode.unknown);
  process.on('SIGTERM', impatient).on('SIGINT', impatient);
  await server.close();
  client?.close();
  process.off('SIGTERM', impatient).off('SIGINT', impatient).off('SIGHUP', reload);
  return exitCode.yes;
}

/** Undefined where it was told to stop before it had anything to serve. */
async function started(source: SourceOptions, flags: ServeFlags, client: KubeClient | undefined, signal: AbortSignal): Promise<RunningServer | undefined> {
  try {
    return await startServer({
      ...source,
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
      signal,
    });
  } catch (error) {
    if (signal.aborted) {
      return undefined;
    }
    throw failureOf(error, source.artifact ?? 'the cluster');
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
