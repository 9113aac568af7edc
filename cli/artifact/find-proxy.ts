import type { Artifact, ProxyClass } from '../../compiler/artifact/artifact.ts';
import { suggest } from '../../compiler/diagnostics/suggest.ts';
import { Failure } from '../failure.ts';
import { proxyKey } from './proxy-key.ts';

/** How many names an answer lists. */
const listed = 5;

/** The proxy class that `--proxy` names. Throws a Failure that lists near names where there is none. */
export function findProxy(artifact: Artifact, key: string): ProxyClass {
  const found = artifact.classes.find((proxy) => proxyKey(proxy) === key);
  if (found) {
    return found;
  }
  if (artifact.classes.length === 0) {
    throw new Failure(`there is no proxy class ${key}`, 'The input has no workload with a sidecar at all: give the cluster objects as well.');
  }
  const near = nearNames(key, artifact.classes);
  const more = artifact.classes.length - near.length;
  throw new Failure(`there is no proxy class ${key}`, `${near.length === 1 ? 'There is' : 'There are'} ${near.join(', ')}${more > 0 ? ` (and ${more} more)` : ''}.`);
}

// The best guesses, then those of the namespace or with the name, then whatever there is.
function nearNames(key: string, classes: readonly ProxyClass[]): readonly string[] {
  const [namespace, name = ''] = key.split('/');
  const names = new Set(classes.map(proxyKey));
  const near: string[] = [];
  for (let guess = suggest(key, names); guess !== undefined && near.length < listed; guess = suggest(key, names)) {
    near.push(guess);
    names.delete(guess);
  }
  const related = classes.filter((proxy) => proxy.namespace === namespace || proxy.name === name || proxy.serviceAccount === name).map(proxyKey);
  return [...new Set([...near, ...related, ...(near.length + related.length === 0 ? names : [])])].slice(0, listed);
}
