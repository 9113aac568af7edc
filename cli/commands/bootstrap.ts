import { join, resolve } from 'node:path';
import { bootstrap } from '../../server/bootstrap/bootstrap.ts';
import { secretFiles } from '../../server/bootstrap/certificate-secrets.ts';
import { defaultServerIdentity } from '../../server/serve-options.ts';
import { printYaml } from '../artifact/print-yaml.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { writeFileAtomically } from '../output/write-file-atomically.ts';
import type { BootstrapFlags } from '../program/serve-flags.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `smic bootstrap NAMESPACE/POD`. */
export async function bootstrapCommand(terminal: Terminal, pod: string, flags: BootstrapFlags): Promise<ExitCode> {
  const files = { 'bootstrap.json': bootstrapOf(pod, flags), ...secretFiles(resolve(flags.certificates)) };
  if (flags.out === undefined) {
    await terminal.out.write((flags.output === 'yaml' ? printYaml : json)(files['bootstrap.json']));
    return exitCode.yes;
  }
  for (const [name, content] of Object.entries(files)) {
    await writeFileAtomically(join(flags.out, name), json(content));
  }
  await terminal.err.write(`wrote ${Object.keys(files).sort().join(', ')} into ${flags.out}\n`);
  return exitCode.yes;
}

function bootstrapOf(pod: string, flags: BootstrapFlags): object {
  const [namespace = ''] = pod.split('/');
  try {
    return bootstrap({
      pod,
      cluster: `${flags.serviceAccount}.${namespace}`,
      server: { ...flags.server, identity: flags.serverIdentity ?? defaultServerIdentity(flags.trustDomain) },
      secretsFolder: resolve(flags.secrets ?? flags.out ?? '/etc/smic/secrets'),
      protocol: flags.protocol,
      ipv6: flags.ipv6 === true,
      probes: flags.probe,
    });
  } catch (error) {
    // The options are the user's: what is wrong with them is not a bug.
    throw error instanceof TypeError ? new Failure(error.message) : error;
  }
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
