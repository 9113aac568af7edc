import type { HttpAnswer, HttpCall } from '../../../demo/pod/http-call.ts';
import type { TcpAnswer, TcpCall } from '../../../demo/pod/tcp-call.ts';
import type { ContainerObject, HandlerObject } from '../pod-object.ts';

/** How a handler of a container's is done. */
export interface HandlerMeans {
  /** Calls a program (`http`, `tcp`) that runs where kubelet does. */
  readonly call: (command: string, argument: unknown) => Promise<unknown>;
  /** Runs a command in the container; whether it ended well. */
  readonly exec: (command: readonly string[]) => Promise<boolean>;
  readonly podIP: string;
  readonly timeoutSeconds: number;
}

/** Does what a probe or a hook says; whether it succeeded. @throws TypeError for a handler that this kubelet doesn't know */
export async function handle(container: ContainerObject, handler: HandlerObject, { call, exec, podIP, timeoutSeconds }: HandlerMeans): Promise<boolean> {
  const { httpGet, tcpSocket, exec: command, sleep } = handler;
  const timeout = timeoutSeconds * 1000;
  if (httpGet !== undefined && (httpGet.scheme ?? 'HTTP') === 'HTTP') {
    const url = `http://${httpGet.host ?? podIP}:${portOf(container, httpGet.port)}${httpGet.path ?? '/'}`;
    const headers = Object.fromEntries((httpGet.httpHeaders ?? []).map(({ name, value }) => [name, value]));
    const { status } = (await call('http', { url, headers, timeout } satisfies HttpCall)) as HttpAnswer;
    return status >= 200 && status < 400;
  }
  if (tcpSocket !== undefined) {
    const answer = (await call('tcp', { host: tcpSocket.host ?? podIP, port: portOf(container, tcpSocket.port), timeout: Math.min(timeout, 200) } satisfies TcpCall)) as TcpAnswer;
    return answer.connected;
  }
  if (command !== undefined) {
    return exec(command.command);
  }
  if (sleep !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, sleep.seconds * 1000));
    return true;
  }
  throw new TypeError(`the test's kubelet knows no such handler: ${JSON.stringify(handler)}`);
}

function portOf({ ports = [] }: ContainerObject, port: number | string): number {
  const found = typeof port === 'number' ? port : ports.find(({ name }) => name === port)?.containerPort;
  if (found === undefined) {
    throw new TypeError(`the container has no port ${port}`);
  }
  return found;
}
