import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCaFolder } from '../../server/certificates/ca-folder.ts';
import { openInternalCA } from '../../server/certificates/internal-ca.ts';
import type { IssuedCertificate } from '../../server/certificates/issuer.ts';
import { makeRoot } from '../../server/certificates/make-root.ts';
import { systemClock } from '../../server/certificates/system-clock.ts';
import type { Sidecar } from './bundles.ts';

/** smic's own CA, what it issued for both servers and all clients, and who these are. */
export interface Credentials {
  /** Folder of the CA. */
  readonly ca: string;
  readonly bundle: string;
  readonly server: { readonly certificate: string; readonly key: string };
  readonly serverName: string;
  /** Folder of the clients' pairs, in the order of the streams. */
  readonly clients: string;
  /** File with the node id of each stream. */
  readonly nodeIds: string;
}

const serverName = 'smic.smic-system.svc';
const lifetimeSeconds = 86_400;

/** Makes a CA and certificates (ECDSA P-256) for the sidecars, below `folder`. */
export async function makeCredentials(folder: string, sidecars: readonly Sidecar[]): Promise<Credentials> {
  const ca = join(folder, 'ca');
  await createCaFolder(ca, await makeRoot('ecdsa', 30, systemClock), 'ecdsa');
  const issuer = await openInternalCA(ca, systemClock);
  const clients = join(folder, 'clients');
  mkdirSync(clients);
  const write = (base: string, { chain, privateKey }: IssuedCertificate): void => {
    writeFileSync(`${base}.crt`, chain);
    writeFileSync(`${base}.key`, privateKey, { mode: 0o600 });
  };
  try {
    const bundle = join(folder, 'ca.crt');
    writeFileSync(bundle, issuer.trustBundle());
    const server = join(folder, 'server');
    write(server, await issuer.issue({ identity: 'spiffe://cluster.local/ns/smic-system/sa/smic', dnsNames: [serverName], lifetimeSeconds }));
    await Promise.all(
      sidecars.map(async ({ identity }, stream) => write(join(clients, String(stream).padStart(6, '0')), await issuer.issue({ identity, lifetimeSeconds }))),
    );
    const nodeIds = join(folder, 'nodes');
    writeFileSync(nodeIds, sidecars.map(({ nodeId }) => `${nodeId}\n`).join(''));
    return { ca, bundle, server: { certificate: `${server}.crt`, key: `${server}.key` }, serverName, clients, nodeIds };
  } finally {
    issuer.close();
  }
}
