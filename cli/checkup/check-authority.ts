import { X509Certificate } from 'node:crypto';
import type { Settings } from '../../install/settings.ts';
import { CertificateError } from '../../server/certificates/certificate-error.ts';
import { readCaFiles } from '../../server/certificates/ca-folder.ts';
import { certificatesOf } from '../../server/certificates/pem.ts';
import { ApiError } from '../../server/kubernetes/client/api-error.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { names } from '../../webhook/names.ts';
import { present } from '../operate/installation.ts';
import { plural } from '../terminal/plural.ts';
import { tooFew } from './days-left.ts';
import { type Category, failed, ok, type Result, skipped, warning } from './result.ts';

/** Whether the mesh's CA is there and valid, and sidecars are told to trust it. */
export async function checkAuthority(client: KubeClient, settings: Settings, now: number): Promise<Category> {
  return { title: 'certificate authority', results: await authority(client, settings, now) };
}

async function authority(client: KubeClient, { namespace }: Settings, now: number): Promise<readonly Result[]> {
  const checks = ["the mesh's CA is valid", 'sidecars are told to trust it'] as const;
  let files: Readonly<Record<string, string>> | undefined;
  try {
    const secret = await present(client, { apiVersion: 'v1', kind: 'Secret', namespace, name: names.meshAuthority });
    files = secret && Object.fromEntries(Object.entries((secret['data'] ?? {}) as Readonly<Record<string, string>>).map(([name, text]) => [name, Buffer.from(text, 'base64').toString()]));
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) {
      return checks.map((check) => skipped(check, `You may not read Secrets in ${namespace}.`));
    }
    throw error;
  }
  if (files === undefined) {
    return [failed(checks[0], 'certificate-authority', `There is no Secret ${names.meshAuthority} in ${namespace}: no sidecar gets a certificate.`)];
  }
  try {
    const { state, trusted } = readCaFiles(files);
    const signing = trusted.find(({ id }) => id === state.signing);
    const days = signing === undefined ? -1 : Math.floor((signing.notAfter - now) / 86_400_000);
    const bundle = await present(client, { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: names.trustBundle });
    const told = certificatesOf(((bundle?.['data'] ?? {}) as Readonly<Record<string, string>>)['ca.crt'] ?? '').map((der) => new X509Certificate(der).fingerprint256);
    const missing = trusted.filter(({ root }) => !told.includes(new X509Certificate(root).fingerprint256));
    return [
      days < 0 ? failed(checks[0], 'certificate-authority', 'It has expired.') : days < tooFew ? warning(checks[0], 'certificate-authority', `It ends in ${plural(days, 'day')}: smic ca rotate brings in a new one.`) : ok(checks[0], `${plural(days, 'day')} left`),
      missing.length === 0 ? ok(checks[1]) : failed(checks[1], 'certificate-authority', `The ConfigMap ${names.trustBundle} lacks ${plural(missing.length, 'root')} of it: new sidecars don't believe the server.`),
    ];
  } catch (error) {
    if (error instanceof CertificateError) {
      return [failed(checks[0], 'certificate-authority', `The Secret ${names.meshAuthority} can't be read as a CA: ${error.message}.`)];
    }
    throw error;
  }
}
