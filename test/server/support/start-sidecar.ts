import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrap } from '../../../server/bootstrap/bootstrap.ts';
import { secretFiles } from '../../../server/bootstrap/certificate-secrets.ts';
import type { Address } from '../../../server/serve-options.ts';
import type { Identity } from './test-ca.ts';

/** A real Envoy, started as a sidecar is. */
export interface Sidecar {
  /** The socket of the admin interface. */
  readonly adminSocket: string;
  /** The body of a page of the admin interface. */
  admin(path: string): Promise<string>;
  /** Names of what it holds and uses, by kind, sorted. */
  holds(): Promise<{ readonly listeners: readonly string[]; readonly clusters: readonly string[]; readonly routes: readonly string[]; readonly secrets: readonly string[] }>;
  log(): string;
  stop(): Promise<void>;
}

export interface SidecarOptions {
  readonly binary: string;
  readonly pod: string;
  readonly server: Address & { readonly identity: string };
  readonly certificate: Identity;
  readonly protocol: 'delta' | 'sotw';
}

/** Starts it in a temporary folder, where its admin interface is a socket; both are gone when this process is, however it ends. */
export function startSidecar({ binary, pod, server, certificate, protocol }: SidecarOptions): Sidecar {
  const folder = mkdtempSync(join(tmpdir(), 'smic-sidecar-'));
  const options = bootstrap({ pod, cluster: 'test', server, secretsFolder: folder, protocol });
  const files = {
    'bootstrap.json': JSON.stringify({ ...options, admin: { address: { pipe: { path: join(folder, 'admin') } } } }),
    'tls.crt': certificate.cert,
    'tls.key': certificate.key,
    'ca.crt': certificate.ca,
    ...Object.fromEntries(Object.entries(secretFiles(folder)).map(([name, content]) => [name, JSON.stringify(content)])),
  };
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content);
  }
  const log = openSync(join(folder, 'log'), 'w+');
  const flags = ['--use-dynamic-base-id', '--concurrency', '1', '--drain-time-s', '0', '--reject-unknown-dynamic-fields', '-l', 'warning'];
  const envoy = spawn(binary, ['-c', join(folder, 'bootstrap.json'), ...flags], { stdio: ['ignore', 'ignore', log] });
  const ended = once(envoy, 'exit');
  const guard = spawn('/bin/sh', ['-c', 'cat >/dev/null; kill -9 "$1"; rm -rf "$2"', 'guard', String(envoy.pid), folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  const guardEnded = once(guard, 'exit');
  const admin = (path: string): Promise<string> => get(join(folder, 'admin'), path);
  return {
    adminSocket: join(folder, 'admin'),
    admin,
    log: () => readFileSync(join(folder, 'log'), 'utf8'),
    async holds() {
      const dump = JSON.parse(await admin('/config_dump')) as { configs: readonly Dump[] };
      const list = (key: keyof Dump, name: (item: Item) => string | undefined): readonly string[] =>
        dump.configs
          .flatMap((part) => part[key] ?? [])
          .map(name)
          .filter((one) => one !== undefined)
          .sort();
      return {
        listeners: list('dynamic_listeners', ({ name, active_state: active }) => (active ? name : undefined)),
        clusters: list('dynamic_active_clusters', ({ cluster }) => cluster?.name),
        routes: list('dynamic_route_configs', ({ route_config: route }) => route?.name),
        secrets: list('dynamic_active_secrets', ({ name }) => name),
      };
    },
    async stop() {
      guard.stdin.end();
      await Promise.all([ended, guardEnded]);
    },
  };
}

interface Item {
  readonly name?: string;
  readonly active_state?: object;
  readonly cluster?: { readonly name: string };
  readonly route_config?: { readonly name: string };
}
type Dump = Readonly<Partial<Record<'dynamic_listeners' | 'dynamic_active_clusters' | 'dynamic_route_configs' | 'dynamic_active_secrets', readonly Item[]>>>;

function get(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}
