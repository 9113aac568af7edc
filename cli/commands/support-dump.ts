import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { withCluster } from '../kubernetes/connect.ts';
import type { SupportFlags } from '../program/support-command.ts';
import { collectDump, type DumpFile } from '../support/collect-dump.ts';
import { tar } from '../support/tar.ts';
import { plural } from '../terminal/plural.ts';
import { printable } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `smic support-dump`. */
export async function supportDumpCommand(terminal: Terminal, flags: SupportFlags): Promise<ExitCode> {
  const { namespace, out } = flags;
  const files = await withCluster(flags, terminal.err, (client) => collectDump(client, namespace));
  await (/\.(tar\.gz|tgz)$/.test(out) ? writeArchive(out, files) : writeFolder(out, files));
  await terminal.err.write(`${plural(files.length, 'file')} in ${printable(out)}. Secrets are not in it; look through it before you pass it on.\n`);
  return exitCode.yes;
}

async function writeArchive(out: string, files: readonly DumpFile[]): Promise<void> {
  await writing(out, async () => writeFile(out, await promisify(gzip)(tar('smic-support', files)), { mode: 0o600, flag: 'wx' }));
}

async function writeFolder(out: string, files: readonly DumpFile[]): Promise<void> {
  await writing(out, async () => {
    await mkdir(out, { mode: 0o700 });
    for (const { path, text } of files) {
      await mkdir(dirname(join(out, path)), { recursive: true });
      await writeFile(join(out, path), text, { mode: 0o600 });
    }
  });
}

async function writing(out: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : new Failure(code === 'EEXIST' ? `${out} is there already` : `cannot write ${out}: ${message}`, 'Name another place with --out.');
  }
}
