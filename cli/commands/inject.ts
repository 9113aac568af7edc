import { createCollector } from '../../compiler/diagnostics/collector.ts';
import { sortDiagnostics } from '../../compiler/diagnostics/sort.ts';
import type { SourceFile } from '../../compiler/load/document.ts';
import { load } from '../../compiler/load/load.ts';
import { defaultServerIdentity } from '../../server/serve-options.ts';
import { defaultSettings, type MeshSettings } from '../../webhook/inject/mesh-settings.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { type InjectOptions, injectDocuments, injectedText } from '../inject/inject-documents.ts';
import { readBundle } from '../inject/read-bundle.ts';
import { type InputMesh, readMesh } from '../inject/read-mesh.ts';
import { objectReport, summary } from '../inject/report-objects.ts';
import { inputPaths } from '../input/input-paths.ts';
import { readInput } from '../input/read-input.ts';
import { withoutArtifacts } from '../input/without-artifacts.ts';
import type { InjectFlags } from '../program/inject-command.ts';
import { concise } from '../report/concise.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `smic inject`. Prints everything or nothing. */
export async function injectCommand(terminal: Terminal, paths: readonly string[], flags: InjectFlags): Promise<ExitCode> {
  const input = await readInput(inputPaths(paths, { file: flags.file, snapshot: [] }, 'smic inject deployment.yaml'));
  const collector = createCollector();
  const files = withoutArtifacts(input.files).files.map(({ name, text }): SourceFile => ({ name, text: text.replace(/^\ufeff/, '') }));
  const documents = load(files, collector);
  const mesh = readMesh(documents, flags);
  const found = sortDiagnostics([...input.diagnostics, ...collector.diagnostics, ...mesh.diagnostics]);
  await terminal.err.write(concise({ diagnostics: found, suppressed: 0, files: new Map(), failOn: 'error' }, { color: false }));
  if (input.diagnostics.some(({ level }) => level === 'error')) return exitCode.unknown;
  if (found.some(({ level }) => level === 'error')) return exitCode.no;

  const options: InjectOptions = { settings: await settingsOf(flags, mesh), namespace: flags.namespace, namespaces: mesh.namespaces };
  const objects = injectDocuments(documents, options);
  await terminal.err.write(objectReport(objects, flags.explain === true) + summary(objects));
  if (objects.some(({ injection }) => 'denied' in injection)) return exitCode.no;
  if (flags.asPatch === true) {
    await terminal.out.write(objects.map(({ patch }) => `${JSON.stringify(patch)}\n`).join(''));
  } else {
    await terminal.out.write(joined(files.map((file) => injectedText(file, documents.filter((document) => document.file === file.name), options))));
  }
  return exitCode.yes;
}

async function settingsOf(flags: InjectFlags, { config, ipv6 }: InputMesh): Promise<MeshSettings> {
  return {
    ...defaultSettings,
    meshName: flags.meshName,
    meshNamespace: flags.meshNamespace,
    trustDomain: flags.trustDomain,
    server: flags.server,
    issuer: flags.issuer,
    serverIdentity: flags.serverIdentity ?? defaultServerIdentity(flags.trustDomain),
    trustBundle: flags.trustBundle === undefined ? undefined : await readBundle(flags.trustBundle),
    image: flags.image,
    initImage: flags.initImage,
    ipv6: flags.ipv6 ?? ipv6,
    nativeSidecars: flags.nativeSidecars,
    serverVersion: flags.kubernetesVersion,
    config,
  };
}

/** The files' texts as one. */
function joined(texts: readonly string[]): string {
  return texts
    .filter((text) => text.trim() !== '')
    .map((text, index) => (index === 0 || /^---(\s|$)/.test(text) ? text : `---\n${text}`))
    .map((text, index, all) => (text.endsWith('\n') || index === all.length - 1 ? text : `${text}\n`))
    .join('');
}
