import { exitCode, type ExitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import type { ProxyGetFlags } from '../program/proxy-flags.ts';
import { askEnvoy } from '../proxy/envoy-admin.ts';
import { withoutKeysInText } from '../proxy/without-keys.ts';
import { documentFor } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `smic proxy get`. */
export async function proxyGetCommand(terminal: Terminal, path: string, { admin }: ProxyGetFlags): Promise<ExitCode> {
  const { code, body } = await askEnvoy(admin, path);
  if (code !== 200 && code !== 503) {
    throw new Failure(`${admin.text} answers ${path} with status ${code}`, code === 404 ? 'smic proxy get /help lists the pages.' : code === 405 ? 'Envoy takes this as a change, and smic changes nothing.' : '');
  }
  const shown = documentFor(terminal.out, withoutKeysInText(body));
  await terminal.out.write(shown.endsWith('\n') || shown === '' ? shown : `${shown}\n`);
  return code === 200 ? exitCode.yes : exitCode.no;
}
