import type { HttpAnswer, HttpCall } from '../pod/http-call.ts';
import type { TcpAnswer, TcpCall } from '../pod/tcp-call.ts';
import type { CalledProcess } from './child.ts';
import type { ClusterPod } from './cluster.ts';
import type { Sidecar } from './sidecar.ts';

/** A pod that is up. */
export class Pod {
  readonly spec: ClusterPod;
  /** Its network namespace. */
  readonly netns: string;
  /** With the sidecar's files and the logs. */
  readonly folder: string;
  readonly #application: CalledProcess;
  #sidecar: Sidecar | undefined;

  constructor(spec: ClusterPod, netns: string, folder: string, application: CalledProcess) {
    this.spec = spec;
    this.netns = netns;
    this.folder = folder;
    this.#application = application;
  }

  get sidecar(): Sidecar | undefined {
    return this.#sidecar;
  }

  setSidecar(sidecar: Sidecar): void {
    this.#sidecar = sidecar;
  }

  /** Asks a program that runs in the pod. */
  call(command: string, argument?: unknown): Promise<unknown> {
    return this.#application.call(command, argument);
  }

  /** Does an HTTP/1.1 request as the pod's application would. */
  async http(call: HttpCall): Promise<HttpAnswer> {
    return (await this.call('http', call)) as HttpAnswer;
  }

  /** Talks TCP as the pod's application would. */
  async tcp(call: TcpCall): Promise<TcpAnswer> {
    return (await this.call('tcp', call)) as TcpAnswer;
  }

  /** A page of the sidecar's admin interface; the status is 0 while there is none. */
  admin(path: string, method = 'GET'): Promise<HttpAnswer> {
    return this.http({ url: `http://127.0.0.1:15000${path}`, method, timeout: 2_000 });
  }
}
