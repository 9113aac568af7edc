import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpAnswer, HttpCall } from '../../../demo/pod/http-call.ts';
import type { CalledProcess } from '../../../demo/rig/child.ts';
import { nodeIPv4, podRemoval, podScript } from '../../../demo/rig/network.ts';
import { runScript } from '../../../demo/rig/shell.ts';
import type { KubeClient } from '../../../server/kubernetes/client/kube-client.ts';
import { type ContainerObject, type HandlerObject, isSidecar, type PodObject, type PodState } from '../pod-object.ts';
import { containerSpec } from './container-spec.ts';
import { fieldText } from './field-ref.ts';
import type { Image } from './image.ts';
import { handle } from './probe-container.ts';
import { type RunningContainer, startContainer, tailOf } from './running-container.ts';
import { makeVolumes } from './volumes.ts';

/** What a pod's machine has for it. */
export interface PodPlace {
  readonly client: KubeClient;
  /** Network namespaces of the node and of the pod. */
  readonly node: string;
  readonly netns: string;
  /** The node's end of the line to the pod. */
  readonly link: string;
  readonly address: string;
  /** Its own. */
  readonly folder: string;
  /** A process in the node's namespace, with the program `client`. */
  readonly kubelet: CalledProcess;
  /** What stands for an image. */
  readonly image: (name: string) => Image;
  /** The command that runs programs in a pod. */
  readonly podCommand: readonly string[];
  /** Of every container. */
  readonly environment: Readonly<Record<string, string>>;
  readonly report: (state: PodState) => void;
}

/** A pod that runs in a network namespace of its own. */
export class RunningPod {
  readonly pod: PodObject;
  readonly place: PodPlace;
  readonly #containers = new Map<string, RunningContainer>();
  #isStopping = false;
  readonly #started: Promise<void>;
  readonly #gone: () => void;

  /** @param gone called when nothing is left of it */
  constructor(pod: PodObject, place: PodPlace, gone: () => void) {
    this.pod = pod;
    this.place = place;
    this.#gone = gone;
    this.#started = this.#start().catch((error: unknown) => this.#fail(error));
  }

  /** Asks a program of one of its containers, the first that runs any. */
  async call(command: string, argument?: unknown): Promise<unknown> {
    const found = [...this.#containers.values()].find(({ programs }) => programs !== undefined)?.programs;
    if (found === undefined) {
      throw new TypeError(`no programs run in ${this.pod.metadata.name}`);
    }
    return found.call(command, argument);
  }

  /** Does an HTTP/1.1 request as the pod's application would. */
  async http(call: HttpCall): Promise<HttpAnswer> {
    return (await this.call('http', call)) as HttpAnswer;
  }

  /** What a container has said last; empty where it has not been started. */
  containerLog(name: string): string {
    const found = this.#containers.get(name);
    return found === undefined ? '' : tailOf(found);
  }

  /** As kubelet does it: hooks and SIGTERM for the containers, then the sidecars, last first; SIGKILL after the grace period. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const { spec } = this.pod;
    const end = Date.now() + (spec.terminationGracePeriodSeconds ?? 30) * 1000;
    const stop = async (container: ContainerObject): Promise<void> => {
      const running = this.#containers.get(container.name);
      if (running === undefined || running.hasEnded()) return;
      if (container.lifecycle?.preStop) await Promise.race([this.#handle(container, container.lifecycle.preStop), running.ended]).catch(() => {});
      await running.stop(Math.max(0, end - Date.now()));
    };
    await Promise.all(spec.containers.map(stop));
    for (const container of [...(spec.initContainers ?? [])].reverse()) {
      await stop(container);
    }
    await this.#started;
    await runScript(podRemoval(this.place.node, { netns: this.place.netns, addresses: [this.place.address] })).catch(() => {});
    rmSync(this.place.folder, { recursive: true, force: true });
    this.#gone();
  }

  async #start(): Promise<void> {
    const { netns, node, link, address, folder, client } = this.place;
    const { spec } = this.pod;
    await runScript(podScript(node, { netns, addresses: [address] }, link));
    this.#report('Pending', false);
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    const field = (fieldPath: string): string => fieldText(this.pod, [address], nodeIPv4, fieldPath);
    const volumes = await makeVolumes(client, this.pod, join(folder, 'volumes'), field);
    const start = async (container: ContainerObject): Promise<RunningContainer> => {
      const image = this.place.image(container.image);
      const programs = image.programs && { command: this.place.podCommand, calls: image.programs(this.pod, container) };
      const running = await startContainer(containerSpec(this.pod, container, { image, volumes, field, environment: this.place.environment }), { netns, folder: join(folder, container.name), ...(programs && { programs }) });
      this.#containers.set(container.name, running);
      if (container.lifecycle?.postStart && !(await this.#handle(container, container.lifecycle.postStart))) {
        throw new Error(`the hook postStart of ${container.name} failed: ${tailOf(running)}`);
      }
      return running;
    };
    for (const container of spec.initContainers ?? []) {
      if (this.#isStopping) return;
      const running = await start(container);
      if (isSidecar(container)) {
        await this.#until(container, running, container.startupProbe);
        continue;
      }
      const code = await running.ended;
      if (code !== 0) throw new Error(`init container ${container.name} ended with ${code}: ${tailOf(running)}`);
    }
    for (const container of spec.containers) {
      if (this.#isStopping) return;
      await start(container);
    }
    void this.#watchEnd();
    void this.#watchReadiness();
  }

  /** Waits until a probe has succeeded once, as long as the container runs. */
  async #until(container: ContainerObject, running: RunningContainer, probe: HandlerObject | undefined): Promise<void> {
    if (probe === undefined) return;
    while (!this.#isStopping && !(await this.#handle(container, probe))) {
      if (running.hasEnded()) throw new Error(`${container.name} ended with ${await running.ended}: ${tailOf(running)}`);
      await sleep(50);
    }
  }

  /** Ready is a pod whose containers run and whose probes succeed. They are asked more often than they say. */
  async #watchReadiness(): Promise<void> {
    const { containers, initContainers = [] } = this.pod.spec;
    const all = [...initContainers.filter(isSidecar), ...containers];
    for (const container of containers) {
      const running = this.#containers.get(container.name);
      if (running) await this.#until(container, running, container.startupProbe).catch(() => {});
    }
    while (!this.#isStopping && !this.#isOver()) {
      const answers = await Promise.all(
        all.map(async (container) => {
          const running = this.#containers.get(container.name);
          return running !== undefined && !running.hasEnded() && (container.readinessProbe === undefined || this.#handle(container, container.readinessProbe));
        }),
      ).catch(() => [false]);
      if (!this.#isStopping && !this.#isOver()) this.#report('Running', answers.every(Boolean));
      await sleep(100);
    }
  }

  /** A pod that isn't to run for ever is over with its containers; its sidecars end behind them. */
  async #watchEnd(): Promise<void> {
    const { containers, initContainers = [], restartPolicy = 'Always' } = this.pod.spec;
    const codes = await Promise.all(containers.map(({ name }) => this.#containers.get(name)?.ended));
    if (this.#isStopping) return;
    const words = containers.map(({ name }, index) => `${name} ended with ${codes[index]}: ${this.containerLog(name)}`).join('\n');
    if (restartPolicy === 'Always') {
      this.#report('Running', false, `not started again: ${words}`);
      return;
    }
    for (const { name } of initContainers.filter(isSidecar).reverse()) {
      await this.#containers.get(name)?.stop(5_000);
    }
    if (codes.every((code) => code === 0)) {
      this.#report('Succeeded', false);
    } else {
      this.#report('Failed', false, words);
    }
  }

  #isOver(): boolean {
    return this.pod.spec.containers.every(({ name }) => this.#containers.get(name)?.hasEnded() ?? true);
  }

  #handle(container: ContainerObject, handler: HandlerObject & { readonly timeoutSeconds?: number }): Promise<boolean> {
    const { kubelet, address } = this.place;
    const exec = async (command: readonly string[]): Promise<boolean> => (await this.#containers.get(container.name)?.exec(command)) ?? false;
    return handle(container, handler, { call: kubelet.call, exec, podIP: address, timeoutSeconds: handler.timeoutSeconds ?? 1 });
  }

  #report(phase: PodState['phase'], ready: boolean, message?: string): void {
    this.place.report({ phase, ready, addresses: [this.place.address], ...(message !== undefined && { message }) });
  }

  /** Not `Failed`: a ReplicaSet would make one more at once, and then one more. */
  #fail(error: unknown): void {
    if (!this.#isStopping) this.#report('Pending', false, error instanceof Error ? error.message : String(error));
  }
}
