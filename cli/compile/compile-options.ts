import type { CompileOptions } from '../../compiler/options.ts';
import type { InputFlags } from '../program/flags.ts';

/** What the flags tell the compiler. */
export function compileOptions(flags: InputFlags): CompileOptions {
  return {
    meshName: flags.meshName,
    meshNamespace: flags.meshNamespace,
    trustDomain: flags.trustDomain,
    clusterDomain: flags.clusterDomain,
    complete: flags.complete ?? false,
    endpoints: flags.endpoints,
    allowEmpty: flags.allowEmpty ?? false,
  };
}
