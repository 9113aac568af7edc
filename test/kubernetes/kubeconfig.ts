import { writeFileSync } from 'node:fs';

/** Writes a kubeconfig, which only this user can read. JSON, which is YAML. */
export function writeKubeconfig(path: string, { url, ca, token }: { readonly url: string; readonly ca: string; readonly token: string }, user = 'admin'): void {
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user } }],
    'current-context': 'test',
  };
  writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
}
