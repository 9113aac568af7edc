import type { Agent } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http';
import type { SecureContextOptions } from 'node:tls';

/** Where the API server is, and as whom it is asked. */
export interface ClusterAccess {
  /** Without a slash at its end. */
  readonly server: string;
  /** The kubeconfig's context; undefined inside a cluster. */
  readonly context: string | undefined;
  /** The namespace that is meant where none is given. */
  readonly namespace: string;
  /** What to show for a request. Tokens are read again, plugins run again, when they are due. Throws a KubeConfigError. */
  credentials(): Promise<Credentials>;
  /** Reads everything again, since the server no longer takes what it was shown. */
  refresh(): Promise<void>;
}

/** What a request carries. */
export interface Credentials {
  readonly headers: OutgoingHttpHeaders;
  readonly tls: Pick<SecureContextOptions, 'ca' | 'cert' | 'key'> & { readonly servername?: string; readonly rejectUnauthorized?: boolean };
  /** Where the kubeconfig names a proxy. */
  readonly agent?: Agent;
}
