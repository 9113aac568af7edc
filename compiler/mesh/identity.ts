import type { Identity } from './mesh.ts';

/** The mesh's key for a service account. */
export function identityOf(namespace: string, serviceAccount: string): Identity {
  return `${namespace}/${serviceAccount}`;
}

/** The identity's SPIFFE ID, as it stands in a certificate's URI SAN. */
export function spiffeId(identity: Identity, trustDomain: string): string {
  const [namespace, serviceAccount] = splitIdentity(identity);
  return `spiffe://${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
}

/** Namespace and service account. Neither can hold a slash. */
export function splitIdentity(identity: Identity): readonly [namespace: string, serviceAccount: string] {
  const slash = identity.indexOf('/');
  return [identity.slice(0, slash), identity.slice(slash + 1)];
}
