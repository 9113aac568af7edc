import { adminUrl, runAgent } from '../../agent/run-agent.ts';
import { createLog } from '../../server/log.ts';
import { defaultServerIdentity } from '../../server/serve-options.ts';
import { exitCode } from '../exit-code.ts';
import { Failure, isSystemError, systemErrorWords } from '../failure.ts';
import type { AgentFlags } from '../program/agent-command.ts';

/** Seconds. */
const mostPatience = 300;

/** `smic agent`: until Envoy ends; gives its exit code. */
export async function agentCommand(flags: AgentFlags): Promise<number> {
  if (flags.wait === true) {
    const { waitReady } = await import('../../agent/wait-ready.ts');
    return (await waitReady(adminUrl, mostPatience)) ? exitCode.yes : exitCode.no;
  }
  const { server, issuer, trustDomain, logLevel, drain, envoy, folder, credentials } = flags;
  if (server === undefined || issuer === undefined) {
    throw new Failure('--server and --issuer are missing', 'The injector gives them: smic inject shows the container.');
  }
  try {
    return await runAgent({
      server,
      issuer,
      serverIdentity: flags.serverIdentity ?? defaultServerIdentity(trustDomain),
      trustDomain,
      logLevel,
      ipv6: flags.ipv6 === true,
      drainSeconds: drain,
      envoy,
      folder,
      credentials,
      environment: process.env,
      log: createLog('info'),
    });
  } catch (error) {
    if (isSystemError(error)) {
      throw new Failure(error.syscall?.startsWith('spawn') === true ? `cannot run ${envoy}: ${systemErrorWords(error)}` : `cannot write ${error.path ?? folder}: ${systemErrorWords(error)}`);
    }
    // The environment is the injector's: what is wrong with it is not a bug.
    throw error instanceof TypeError ? new Failure(error.message) : error;
  }
}
