import { type ResourceType, resourceTypes } from '../../compiler/artifact/artifact.ts';
import { addressText, defaultAdminAddress } from '../../server/serve-options.ts';
import { printYaml } from '../artifact/print-yaml.ts';
import { type DifferenceWords, differenceText } from '../check/difference-text.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import type { ProxyConfigFlags } from '../program/proxy-flags.ts';
import { compareConfigurations } from '../proxy/compare-configurations.ts';
import { askForDump, type EnvoyDump } from '../proxy/envoy-dump.ts';
import { normalMessages } from '../proxy/normal-form.ts';
import { servedBy, servedByServer } from '../proxy/served-configuration.ts';
import { createPaint } from '../terminal/paint.ts';
import { plural } from '../terminal/plural.ts';
import { documentFor, printable } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';

const words: DifferenceWords = { before: 'envoy', after: 'smic', added: 'not held', changed: 'differs', removed: 'not served' };

/** The order in which a person reads a proxy. */
const order = ['listener', 'cluster', 'route', 'endpoint', 'secret'] as const satisfies readonly ResourceType[];

/** `smic proxy config`. */
export async function proxyConfigCommand(terminal: Terminal, flags: ProxyConfigFlags): Promise<ExitCode> {
  const dump = await askForDump(flags.admin);
  const types = order.filter((type) => flags.types?.includes(type) ?? true);
  return flags.diff ? showDifferences(terminal, flags, dump, types) : showConfiguration(terminal, flags, dump, types);
}

async function showConfiguration(terminal: Terminal, { output }: ProxyConfigFlags, dump: EnvoyDump, types: readonly ResourceType[]): Promise<ExitCode> {
  const normal = normalMessages();
  const used = dump.resources.filter(({ state }) => state === 'active');
  const document = Object.fromEntries(types.map((type) => [`${type}s`, used.filter((resource) => resource.type === type).map(({ message }) => normal(type, message))]));
  await terminal.out.write(documentFor(terminal.out, output === 'json' ? `${JSON.stringify(document, null, 2)}\n` : printYaml(document)));
  return exitCode.yes;
}

async function showDifferences(terminal: Terminal, flags: ProxyConfigFlags, dump: EnvoyDump, types: readonly ResourceType[]): Promise<ExitCode> {
  const served = (await servedBy(flags, dump)) ?? (await servedByServer(`http://${addressText(defaultAdminAddress)}`, flags.proxy, dump));
  const { differences, equal } = compareConfigurations(dump, served, types);
  const open = served.endpointsOpen && types.includes('endpoint') ? '  Endpoints are not compared: the artifact leaves them open until they are served.\n' : '';
  const refused = dump.refused.map(({ type, name, words: reason }) => `  Envoy has refused the ${type} ${printable(name)}: ${printable(reason.trim())}\n`).join('');
  const between = `between the sidecar ${printable(dump.node)} and ${printable(served.proxy)} of ${printable(served.from)}`;
  if (differences.length === 0) {
    const counted = resourceTypes.filter((type) => equal[type] > 0).map((type) => plural(equal[type], type));
    await terminal.err.write(`no difference ${between}: ${counted.join(', ') || 'both have nothing'}\n${refused}${open}`);
    return exitCode.yes;
  }
  await terminal.out.write(differenceText(differences, createPaint(terminal.out.color), words));
  await terminal.err.write(`${plural(differences.length, 'difference')} ${between}\n${refused}${open}`);
  return exitCode.no;
}
