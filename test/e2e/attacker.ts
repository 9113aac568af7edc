import type { HttpAnswer } from '../../demo/pod/http-call.ts';
import type { TcpAnswer } from '../../demo/pod/tcp-call.ts';
import type { CalledProcess } from '../../demo/rig/child.ts';
import type { TlsCall } from '../mesh/programs/tls-client.ts';

/** Somebody in some network namespace, with no sidecar between. */
export interface Attacker {
  readonly http: (url: string, connectTo?: string) => Promise<HttpAnswer>;
  readonly tls: (call: TlsCall) => Promise<TcpAnswer>;
}

/** `process` runs the programs `client` and `tlsClient`. */
export function attacker(process: CalledProcess): Attacker {
  return {
    http: async (url, connectTo) => (await process.call('http', { url, timeout: 3_000, ...(connectTo !== undefined && { connectTo }) })) as HttpAnswer,
    tls: async (call) => (await process.call('tls', call)) as TcpAnswer,
  };
}
