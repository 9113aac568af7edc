import type { LoadedArtifact } from '../../compiler/artifact/loaded-artifact.ts';
import { artifactLoader } from '../../compiler/artifact/artifact-loader.ts';
import { createCompiler, type KubernetesObject, type ObjectFindings } from '../../compiler/create-compiler.ts';
import type { CompileOptions } from '../../compiler/options.ts';
import type { ObjectChange } from './reflector.ts';

/** What came of compiling what the cluster has now. */
export interface LiveResult {
  /** Undefined where nothing can be served: `problem` says why. */
  readonly artifact: LoadedArtifact | undefined;
  readonly problem: string | undefined;
  readonly findings: readonly ObjectFindings[];
}

/** A compiler that follows a cluster: told of changes, asked for what they come to. */
export interface LiveCompiler {
  take(changes: readonly ObjectChange[]): void;
  /** Builds what has changed since the last time, and only that. Throws for faults of smic's own. */
  compile(): LiveResult;
}

/** Broken objects are isolated: denied in their place. Which namespaces and accounts there are is known: what isn't there doesn't exist. */
export function createLiveCompiler(options: Partial<CompileOptions>): LiveCompiler {
  const compiler = createCompiler({ ...options, complete: true, allowEmpty: true, isolate: true });
  const load = artifactLoader();
  return {
    take(changes) {
      for (const { before, after } of changes) {
        if (after) {
          compiler.set(after as KubernetesObject);
        } else if (before) {
          compiler.delete(before as KubernetesObject);
        }
      }
    },
    compile() {
      const { artifact, findings, diagnostics } = compiler.compile();
      const error = diagnostics.find(({ level }) => level === 'error');
      return {
        artifact: artifact && load(artifact),
        problem: artifact ? undefined : error ? `${error.code}: ${error.message}` : 'nothing was compiled',
        findings,
      };
    },
  };
}
