import { defaultOptions } from '../../compiler/options.ts';
import type { ClusterOptions, SourceOptions } from '../../server/configuration-source.ts';
import { Failure } from '../failure.ts';
import type { ServeFlags } from '../program/serve-flags.ts';
import type { Output } from '../terminal/terminal.ts';
import { clusterClient } from './cluster-client.ts';

/** What is to be served, by the flags. Throws a Failure where they don't say it, or where there is no kubeconfig. */
export async function serveSource(argument: string | undefined, flags: ServeFlags, words: Output): Promise<SourceOptions> {
  const artifact = argument ?? flags.artifact;
  if (argument !== undefined && flags.artifact !== undefined) {
    throw new Failure('the artifact is named twice', 'Give it as the argument or with --artifact.');
  }
  if (flags.live) {
    if (artifact !== undefined || flags.endpoints === 'kubernetes') {
      throw new Failure('--live serves what a cluster has, and no artifact', 'Leave --live out: --endpoints kubernetes fills the endpoints that an artifact leaves open.');
    }
    return { live: await clusterOptions(flags, words) };
  }
  if (artifact === undefined) {
    throw new Failure('there is nothing to serve', 'Name an artifact, as smic compile --out DIR or --bundle FILE writes it, or give --live to serve a cluster.');
  }
  return flags.endpoints === 'kubernetes' ? { artifact, endpoints: await clusterOptions(flags, words) } : { artifact };
}

async function clusterOptions(flags: ServeFlags, words: Output): Promise<ClusterOptions> {
  const { meshName, meshNamespace, clusterDomain, trustDomain = defaultOptions.trustDomain } = flags;
  return { client: await clusterClient(flags, words), compile: { meshName, meshNamespace, clusterDomain, trustDomain } };
}
