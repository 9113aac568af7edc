import { connect } from 'node:net';

/** A conversation over TCP: what is sent at once, and when it is over. */
export interface TcpCall {
  readonly host: string;
  readonly port: number;
  readonly send?: string;
  /** Ends when this has come; else when the other side closes, or after `timeout`. */
  readonly until?: string;
  /** Milliseconds; default 3,000. */
  readonly timeout?: number;
}

export interface TcpAnswer {
  readonly connected: boolean;
  readonly received: string;
  /** Why it is over: `done`, `closed`, `timeout`, or a system error as `ECONNRESET`. */
  readonly end: string;
}

/** Never rejects: a refused connection is an answer too. */
export function tcpCall({ host, port, send, until, timeout = 3_000 }: TcpCall): Promise<TcpAnswer> {
  return new Promise((resolve) => {
    let connected = false;
    let received = '';
    const socket = connect({ host, port });
    const finish = (end: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ connected, received, end });
    };
    const timer = setTimeout(() => finish('timeout'), timeout);
    socket.setEncoding('latin1');
    socket.on('connect', () => {
      connected = true;
      if (send !== undefined) socket.write(send);
    });
    socket.on('data', (text: string) => {
      received += text;
      if (until !== undefined && received.includes(until)) finish('done');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
    socket.on('close', () => finish('closed'));
  });
}
