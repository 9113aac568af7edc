import { exitCode, type ExitCode } from '../exit-code.ts';
import type { VersionFlags } from '../program/flags.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { version } from '../version.ts';

/** The release of Envoy whose API the resources follow: that of proto/envoy-VERSION.binpb. */
const envoyVersion = '1.40.0';

/** `smic version`. */
export async function versionCommand(terminal: Terminal, flags: VersionFlags): Promise<ExitCode> {
  const versions = { smic: version, envoyApi: envoyVersion, node: process.versions.node };
  const { output } = flags;
  await terminal.out.write(output !== undefined ? (await import('../terminal/show.ts')).documentText(versions, output) : `smic ${versions.smic} (Envoy API ${versions.envoyApi}, Node ${versions.node})\n`);
  return exitCode.yes;
}
