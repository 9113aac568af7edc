import { constants } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type SecureContextOptions, type TLSSocket } from 'node:tls';
import type { Clock } from '../certificates/issuer.ts';
import { errorWords, type Log } from '../log.ts';
import { boundedWarnings } from './bounded-warnings.ts';
import { connectionCounts, type ConnectionLimits } from './connection-counts.ts';
import { handshakeRefusal, type Refusal, refusalWords } from './refusal.ts';
import { readIdentity } from './spiffe-identity.ts';

/** What the server shows to clients, and whom it trusts. */
export interface TlsCredentials {
  /** PEM: the leaf, then intermediates. */
  readonly chain: string;
  /** PEM, PKCS#8. */
  readonly privateKey: string;
  /** PEM of every root. */
  readonly trustBundle: string;
}

export interface SecureListenerOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly trustDomain: string;
  readonly credentials: TlsCredentials;
  readonly limits: ConnectionLimits;
  readonly clock: Clock;
  readonly log: Log;
  /** Gets each connection whose certificate was verified and names an identity of the trust domain. */
  readonly accept: (socket: TLSSocket) => void;
  readonly refused: (reason: Refusal) => void;
}

export interface SecureListener {
  readonly host: string;
  readonly port: number;
  readonly connections: () => number;
  /** For new connections from now on; those that are open stay as they are. */
  update(credentials: TlsCredentials): void;
  /** Takes no new connections; those that are open stay. */
  stop(): void;
}

/** How many connections the kernel holds until they are accepted; it has a maximum of its own (net.core.somaxconn). */
const backlog = 4096;

/** Listens for sidecars: TLS 1.2 or later, a client certificate of the trust bundle with a SPIFFE ID, HTTP/2. Rejects where it can't listen. */
export async function startSecureListener(options: SecureListenerOptions): Promise<SecureListener> {
  const { limits, log, clock, trustDomain } = options;
  const counts = connectionCounts(limits);
  /** What is to be done when the handshake of a connection ends. */
  const handshakes = new Map<string, () => void>();
  const warnings = boundedWarnings(log);
  const refuse = (reason: Refusal, socket: Socket, facts: object = {}): void => {
    options.refused(reason);
    const all = { reason, peer: peerOf(socket), ...facts };
    // Load balancers and port scans do this all day.
    if (reason === 'closed-early') {
      log.debug(all, `refused a connection: ${refusalWords[reason]}`);
    } else {
      warnings.warn(all, `refused a connection: ${refusalWords[reason]}`);
    }
    socket.destroy();
  };

  const tls = createTlsServer({
    ...contextOf(options.credentials),
    requestCert: true,
    rejectUnauthorized: true,
    ALPNProtocols: ['h2'],
    handshakeTimeout: limits.handshakeSeconds * 1000,
  });
  tls.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) => {
    const verification: unknown = socket.authorizationError ?? undefined;
    refuse(handshakeRefusal(error.code, verification === undefined ? undefined : String(verification)), socket, { error: String(verification ?? error.code ?? 'unknown') });
  });
  tls.on('secureConnection', (socket) => {
    handshakes.get(connectionKey(socket))?.();
    socket.on('error', (error) => log.debug({ peer: peerOf(socket), error: errorWords(error) }, 'a connection broke'));
    socket.disableRenegotiation();
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined || !socket.authorized) {
      return refuse('no-certificate', socket);
    }
    if (certificate.ca) {
      return refuse('ca-certificate', socket);
    }
    const { identity, fault } = readIdentity(certificate.subjectAltName, trustDomain);
    if (identity === undefined) {
      return refuse(fault, socket, { subjectAltName: certificate.subjectAltName?.slice(0, 500) });
    }
    if (socket.alpnProtocol !== 'h2') {
      return refuse('no-http2', socket, { identity });
    }
    const until = Date.parse(certificate.validTo);
    if (!(until > clock.now())) {
      return refuse('expired-certificate', socket, { identity });
    }
    const surplus = counts.joined(identity);
    if (surplus !== undefined) {
      return refuse(surplus, socket, { identity });
    }
    // Whoever has a new certificate by then comes back at once.
    const cancel = clock.at(until, () => {
      log.info({ peer: peerOf(socket), identity }, 'closed a connection: its certificate has expired');
      socket.destroy();
    });
    socket.once('close', () => {
      cancel();
      counts.left(identity);
    });
    options.accept(socket);
  });

  // Limits come before TLS: a connection too many costs no handshake.
  const tcp = createTcpServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }, (socket) => {
    const address = socket.remoteAddress ?? '';
    const surplus = counts.opened(address);
    if (surplus !== undefined) {
      return refuse(surplus, socket);
    }
    const key = connectionKey(socket);
    let shaking = true;
    const handshakeEnded = (): void => {
      if (shaking) {
        shaking = false;
        handshakes.delete(key);
        counts.handshakeEnded(address);
      }
    };
    handshakes.set(key, handshakeEnded);
    socket.once('close', () => {
      handshakeEnded();
      counts.closed();
    });
    tls.emit('connection', socket);
  });
  tcp.listen({ host: options.host, port: options.port, backlog });
  await once(tcp, 'listening');
  tcp.on('error', (error) => log.error({ error: errorWords(error) }, 'cannot accept connections'));
  const { address, port } = tcp.address() as AddressInfo;
  return {
    host: address,
    port,
    connections: counts.connections,
    update: (credentials) => tls.setSecureContext(contextOf(credentials)),
    stop() {
      tcp.close();
      warnings.close();
    },
  };
}

function contextOf({ chain, privateKey, trustBundle }: TlsCredentials): SecureContextOptions {
  return {
    cert: chain,
    key: privateKey,
    ca: trustBundle,
    minVersion: 'TLSv1.2',
    // A resumed session is not verified again; and tickets are a fifth of what a handshake costs.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

function peerOf(socket: Socket): string {
  // Where Node refuses a certificate, it has closed the TLS connection before it says so; the TCP connection beneath it (a field
  // that isn't documented) still knows whose it was.
  const { remoteAddress, remotePort } = socket.remoteAddress === undefined ? ((socket as { readonly _parent?: Socket | null })._parent ?? socket) : socket;
  return `${remoteAddress ?? 'unknown'}:${remotePort ?? 0}`;
}

/** The same for a TCP connection and for the TLS connection over it. */
function connectionKey(socket: Socket): string {
  return `${peerOf(socket)} ${socket.localAddress ?? ''}:${socket.localPort ?? 0}`;
}
