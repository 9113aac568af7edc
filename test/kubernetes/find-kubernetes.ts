import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const script = join(import.meta.dirname, '..', '..', 'scripts', 'kubernetes.sh');

/** The folder with etcd, kube-apiserver, kube-controller-manager and kubectl; undefined where they aren't built. Builds nothing. */
export function findKubernetes(): string | undefined {
  const { status, stdout, stderr, error } = spawnSync(script, ['--if-present'], { encoding: 'utf8' });
  if (status !== 0) {
    throw new Error((error?.message ?? stderr).trim());
  }
  return stdout.trim() === '' ? undefined : stdout.trim();
}

/** Why no API server can be had on this machine; undefined where it can. With SMIC_REQUIRE_KUBERNETES=1 that is a failure, else the tests are skipped. */
export function missingForCluster(): string | undefined {
  if (findKubernetes() !== undefined) {
    return undefined;
  }
  const words = 'there is no Kubernetes API server here: scripts/kubernetes.sh builds one, or set KUBEBUILDER_ASSETS';
  if (process.env['SMIC_REQUIRE_KUBERNETES'] === '1') {
    throw new Error(words);
  }
  console.log(`${words}. Tests that need one are skipped.`);
  return words;
}
