import { createCaFolder } from '../../server/certificates/ca-folder.ts';
import { newAuthority } from '../ca/new-authority.ts';
import { withCaFailures } from '../ca/with-ca-failures.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import type { CaInitFlags } from '../program/ca-flags.ts';
import { printable } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `smic ca init`. */
export async function caInitCommand(terminal: Terminal, folder: string, flags: CaInitFlags): Promise<ExitCode> {
  const { signing } = await withCaFailures(async () => createCaFolder(folder, await newAuthority(flags), flags.keyType));
  const until = new Date(signing.notAfter).toISOString().slice(0, 10);
  await terminal.err.write(`${printable(folder)} holds the mesh's CA now; it is valid until ${until}.\nWhoever can read its keys can be anyone in the mesh: keep it, and a copy, where only smic serve gets at it.\n`);
  return exitCode.yes;
}
