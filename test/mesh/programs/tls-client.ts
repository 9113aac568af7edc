import { connect } from 'node:tls';
import type { TcpAnswer } from '../../../demo/pod/tcp-call.ts';
import type { Program } from '../../../demo/pod/pod-process.ts';

/** A TLS conversation by hand, as an attacker would have it. The server isn't verified. */
export interface TlsCall {
  readonly host: string;
  readonly port: number;
  readonly serverName: string;
  readonly protocols?: readonly string[];
  /** PEM; none: no client certificate. */
  readonly certificate?: { readonly chain: string; readonly privateKey: string };
  readonly send: string;
  readonly maxVersion?: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
}

/** Command `tls`: TlsCall → TcpAnswer. */
export const tlsClient: Program = async () => ({
  tls: (argument) => tls(argument as TlsCall),
});

function tls({ host, port, serverName, protocols = ['osm'], certificate, send, maxVersion = 'TLSv1.3' }: TlsCall): Promise<TcpAnswer> {
  return new Promise((resolve) => {
    let connected = false;
    let received = '';
    const socket = connect({
      host,
      port,
      servername: serverName,
      ALPNProtocols: [...protocols],
      rejectUnauthorized: false,
      maxVersion,
      ...(certificate && { cert: certificate.chain, key: certificate.privateKey }),
    });
    const finish = (end: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ connected, received, end });
    };
    const timer = setTimeout(() => finish('timeout'), 3_000);
    socket.setEncoding('latin1');
    socket.on('secureConnect', () => {
      connected = true;
      socket.write(send);
    });
    socket.on('data', (text: string) => {
      received += text;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
    socket.on('close', () => finish('closed'));
  });
}
