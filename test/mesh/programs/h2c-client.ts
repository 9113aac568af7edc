import { connect } from 'node:http2';
import type { Program } from '../../../demo/pod/pod-process.ts';

/** A request by HTTP/2 without TLS, with prior knowledge. */
export interface H2cCall {
  /** `http://host:port` */
  readonly origin: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Command `h2c`: H2cCall → `{ status, body }`; status 0 where nothing came back. */
export const h2cClient: Program = async () => ({
  h2c: (argument) => {
    const { origin, path, headers } = argument as H2cCall;
    return new Promise((resolve) => {
      const session = connect(origin);
      const fail = (error: Error): void => {
        session.destroy();
        resolve({ status: 0, body: error.message });
      };
      session.on('error', fail);
      const stream = session.request({ ':path': path, ...headers });
      let status = 0;
      let body = '';
      stream.setEncoding('utf8');
      stream.on('response', (response) => {
        status = Number(response[':status']);
      });
      stream.on('data', (text: string) => {
        body += text;
      });
      stream.on('error', fail);
      stream.on('end', () => {
        session.close();
        resolve({ status, body });
      });
      stream.end();
    });
  },
});
