import { type Artifact, compile, type CompileOptions, type CompileResult } from '../../../compiler/index.ts';

/** Compiles objects as one YAML file; each is YAML or JSON text, or plain data. */
export function compileText(objects: readonly (string | object)[], options: Partial<CompileOptions> = {}): CompileResult {
  const texts = objects.map((object) => (typeof object === 'string' ? object : JSON.stringify(object)));
  return compile([{ name: 'input.yaml', text: texts.join('\n---\n') }], options);
}

/** The artifact of a compilation that must succeed. */
export function artifactOf({ artifact, diagnostics }: CompileResult): Artifact {
  if (artifact) return artifact;
  throw new Error(`no artifact: ${diagnostics.map(({ code, message }) => `${code} ${message}`).join('; ')}`);
}

/** Codes of the errors and warnings, sorted. */
export function findings({ diagnostics }: CompileResult): readonly string[] {
  return diagnostics.filter(({ level }) => level !== 'note').map(({ code }) => code).sort();
}
