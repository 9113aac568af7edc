import { ArtifactError } from '../../compiler/artifact/artifact-error.ts';
import { CertificateError } from '../../server/certificates/certificate-error.ts';
import { createLog } from '../../server/log.ts';
import { type RunningServer, startServer } from '../../server/serve.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { Failure, isSystemError, systemErrorWords } from '../failure.ts';
import type { ServeFlags } from '../program/serve-flags.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `smic serve ARTIFACT`: until SIGTERM or SIGINT, and at the second of them at once. */
export async function serveCommand(_terminal: Terminal, artifact: string, flags: ServeFlags): Promise<ExitCode> {
  const server = await started(artifact, flags);
  const reload = (): void => void server.reload();
  process.on('SIGHUP', reload);
  await stopSignal();
  const impatient = (): void => process.exit(exitCode.unknown);
  process.on('SIGTERM', impatient).on('SIGINT', impatient);
  await server.close();
  process.off('SIGTERM', impatient).off('SIGINT', impatient).off('SIGHUP', reload);
  return exitCode.yes;
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      process.off('SIGTERM', stop).off('SIGINT', stop);
      resolve();
    };
    process.on('SIGTERM', stop).on('SIGINT', stop);
  });
}

async function started(artifact: string, flags: ServeFlags): Promise<RunningServer> {
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
