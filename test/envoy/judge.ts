import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resourceTypes, type ResourceType } from '../../compiler/artifact/artifact.ts';
import { startAdsServer, type AdsServer, type Find, type Refusal } from './ads-server.ts';
import { startEnvoyProcess, type EnvoyProcess } from './envoy-process.ts';
import { toBytes } from './envoy-messages.ts';
import { messageNames } from '../../compiler/artifact/resource.ts';
import { testSecrets } from './test-secrets.ts';

/** A resource in protobuf's binary encoding. */
export interface EncodedResource {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** All that one proxy gets. */
export interface ProxyConfiguration {
  readonly clusters: readonly EncodedResource[];
  readonly endpoints: readonly EncodedResource[];
  /** `workload-certificate` and `trust-bundle` are filled by the judge, whatever stands here. */
  readonly secrets: readonly EncodedResource[];
  readonly listeners: readonly EncodedResource[];
  readonly routes: readonly EncodedResource[];
  /** Endpoints are a hole: a cluster without any gets an empty list. Default false. */
  readonly openEndpoints?: boolean;
}

/** Why a configuration isn't accepted. `envoy`: not for one resource's sake. */
export interface Reason {
  readonly type: ResourceType | 'envoy';
  /** The resource, where the reason names exactly one. */
  readonly name?: string;
  readonly message: string;
}

export interface Verdict {
  readonly accepted: boolean;
  readonly reasons: readonly Reason[];
  /** What Envoy logged at level warning or above. It doesn't make a configuration refused. */
  readonly warnings: readonly string[];
}

export interface Judge {
  /** Gives the configuration to Envoy and takes it back again. Calls wait for one another. */
  readonly judge: (configuration: ProxyConfiguration) => Promise<Verdict>;
  readonly stop: () => Promise<void>;
}

type Resources = ReadonlyMap<ResourceType, ReadonlyMap<string, Uint8Array>>;

interface Running {
  readonly ads: AdsServer;
  readonly envoy: EnvoyProcess;
}

/**
 * One real Envoy that accepts or refuses configurations, some hundred a second.
 * It opens no port, and ends when this process does, however that ends. `deadline`, in milliseconds, holds for each configuration.
 */
export async function startJudge(binary: string, deadline = 20_000): Promise<Judge> {
  const secrets = testSecrets();
  let running: Running | undefined = await start(binary, deadline);
  let last: Promise<unknown> = Promise.resolve();

  async function next(configuration: ProxyConfiguration): Promise<Verdict> {
    const faults: Reason[] = [];
    const resources = collect(configuration, secrets, faults);
    running ??= await start(binary, deadline);
    const { envoy } = running;
    try {
      const reasons = await withDeadline(judgeWith(running, resources, finder(resources, configuration.openEndpoints === true)), envoy, deadline);
      const warnings = envoy.newWarnings();
      return { accepted: faults.length + reasons.length === 0, reasons: [...faults, ...reasons], warnings };
    } catch (error) {
      const warnings = envoy.newWarnings();
      // What it is left with is not known: the next configuration gets a new one.
      await stop(running);
      running = undefined;
      return { accepted: false, reasons: [...faults, { type: 'envoy', message: error instanceof Error ? error.message : String(error) }], warnings };
    }
  }

  return {
    judge: (configuration) => {
      const verdict = last.then(() => next(configuration));
      last = verdict.catch(() => {});
      return verdict;
    },
    stop: async () => {
      await last;
      if (running !== undefined) {
        await stop(running);
        running = undefined;
      }
    },
  };
}

async function start(binary: string, deadline: number): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'smic-judge-'));
  const ads = await startAdsServer(join(folder, 'ads'));
  const envoy = startEnvoyProcess(binary, folder);
  const running = { ads, envoy };
  try {
    await withDeadline(ads.connected(), envoy, deadline);
  } catch (error) {
    const log = envoy.newWarnings().join('\n');
    await stop(running);
    throw new Error(`Envoy does not start: ${String(error)}\n${log}`, { cause: error });
  }
  // It warns of its own bootstrap.
  envoy.newWarnings();
  return running;
}

async function stop({ ads, envoy }: Running): Promise<void> {
  ads.stop();
  await envoy.stop();
}

async function withDeadline<T>(work: Promise<T>, envoy: EnvoyProcess, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  });
  const gone = envoy.ended.then((reason) => Promise.reject(new Error(reason)));
  try {
    return await Promise.race([work, late, gone]);
  } finally {
    clearTimeout(timer);
    // Whatever lost the race may fail later.
    work.catch(() => {});
    gone.catch(() => {});
  }
}

async function judgeWith({ ads, envoy }: Running, resources: Resources, find: Find): Promise<readonly Reason[]> {
  const names = (type: ResourceType): readonly string[] => [...(resources.get(type)?.keys() ?? [])];
  ads.serve(find);
  // Make before break: clusters with their endpoints and secrets, then listeners with their routes.
  const refusals = [...(await offer(ads, 'cluster', names('cluster'))), ...(await offer(ads, 'listener', names('listener')))];
  const reasons = [...refusals, ...unresolved(ads, find)];
  if (reasons.length === 0) {
    reasons.push(...unasked(ads, resources), ...(await warming(envoy)));
  }
  ads.push('listener', [], names('listener'));
  ads.push('cluster', [], names('cluster'));
  // Listeners let go of their routes a moment after they are removed. The deadline bounds this.
  while ((await ads.settled(), resourceTypes.some((type) => followed(ads, type).length > 0))) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  ads.takeRefusals();
  return reasons;
}

async function offer(ads: AdsServer, type: 'cluster' | 'listener', names: readonly string[]): Promise<readonly Reason[]> {
  ads.push(type, names);
  await ads.settled();
  const reasons = ads.takeRefusals().map(refusalReason);
  if (reasons.every(({ name }) => name !== undefined)) {
    return reasons;
  }
  // Some faults make Envoy refuse the whole response without a name. One at a time shows whose they are.
  names.forEach((name) => ads.push(type, [name]));
  await ads.settled();
  const single = ads.takeRefusals().map(refusalReason);
  return single.length > 0 ? single : reasons;
}

/** Clusters and listeners are subscribed to as a whole (`*`), all others by name. */
function followed(ads: AdsServer, type: ResourceType): readonly string[] {
  return type === 'cluster' || type === 'listener' ? [] : [...ads.subscribed(type)];
}

function refusalReason({ type, names, message }: Refusal): Reason {
  const [only] = names;
  if (names.length === 1 && only !== undefined) {
    return { type, name: only, message };
  }
  const named = names.filter((name) => message.includes(name));
  // `a|80` also stands in a message on `a|80|local`: the longest counts.
  const longest = named.filter((name) => !named.some((other) => other !== name && other.includes(name)));
  const [name] = longest;
  return longest.length === 1 && name !== undefined ? { type, name, message } : { type, message };
}

function unresolved(ads: AdsServer, find: Find): readonly Reason[] {
  return resourceTypes.flatMap((type) =>
    followed(ads, type)
      .filter((name) => find(type, name) === undefined)
      .map((name) => ({ type, name, message: `${type} ${name} is referred to, but is not in the configuration` })),
  );
}

// Envoy never sees a resource that nothing refers to, so it would pass whatever it holds.
function unasked(ads: AdsServer, resources: Resources): readonly Reason[] {
  return (['endpoint', 'route'] as const).flatMap((type) =>
    [...(resources.get(type)?.keys() ?? [])]
      .filter((name) => !ads.subscribed(type).has(name))
      .map((name) => ({ type, name, message: `nothing refers to ${type} ${name}` })),
  );
}

async function warming(envoy: EnvoyProcess): Promise<readonly Reason[]> {
  const counters = 'cluster_manager.warming_clusters|listener_manager.total_listeners_warming';
  const page = await envoy.admin(`/stats?filter=${encodeURIComponent(`^(${counters})$`)}`);
  const busy = page.split('\n').filter((line) => line !== '' && !line.endsWith(': 0'));
  return busy.map((line) => ({ type: 'envoy', message: `still warming at the end: ${line}` }));
}

function finder(resources: Resources, openEndpoints: boolean): Find {
  return (type, name) =>
    resources.get(type)?.get(name) ?? (openEndpoints && type === 'endpoint' ? toBytes(messageNames.endpoint, { cluster_name: name }) : undefined);
}

// bind_to_port (field 26) is {value: false}. In protobuf the last one wins, so this holds whatever stands before it.
const bindsNoPort = Uint8Array.of(0xd2, 0x01, 0x02, 0x08, 0x00);

function collect(configuration: ProxyConfiguration, holes: ReadonlyMap<string, Uint8Array>, faults: Reason[]): Resources {
  const byName = (type: ResourceType, list: readonly EncodedResource[]): Map<string, Uint8Array> => {
    const map = new Map<string, Uint8Array>();
    for (const { name, bytes } of list) {
      if (map.has(name)) {
        faults.push({ type, name, message: `two resources of type ${type} are named ${name}` });
      }
      map.set(name, bytes);
    }
    return map;
  };
  const silent = configuration.listeners.map(({ name, bytes }) => ({ name, bytes: Buffer.concat([bytes, bindsNoPort]) }));
  return new Map([
    ['cluster', byName('cluster', configuration.clusters)],
    ['endpoint', byName('endpoint', configuration.endpoints)],
    ['secret', new Map([...byName('secret', configuration.secrets), ...holes])],
    ['listener', byName('listener', silent)],
    ['route', byName('route', configuration.routes)],
  ]);
}
