import { type Artifact, type ProxyClass, type Resource, resourceTypes, type SharedSet } from '../../artifact/artifact.ts';
import type { Memory } from '../../memory.ts';

/** A proxy class, and the sets that there were with it. */
interface Good {
  readonly proxy: ProxyClass;
  readonly sets: readonly SharedSet[];
}

/**
 * The artifact with the last good configuration of those classes that are faulty now, or without them where there is none:
 * their sidecars stay as they are, and all others get what is new.
 */
export function withLastGood(built: Omit<Artifact, 'inputs'>, faulty: ReadonlySet<ProxyClass>, memory: Memory): Omit<Artifact, 'inputs'> {
  const { sets } = built;
  const classes = built.classes.flatMap((proxy) => {
    const now: Good | undefined = faulty.has(proxy) ? undefined : memory.keep(proxy, sets, () => ({ proxy, sets }));
    const last = memory.latest(`${proxy.namespace}/${proxy.name}`, now);
    if (now || !last) return now ? proxy : [];
    return memory.keep(last, [], () => inFull(last));
  });
  return faulty.size === 0 ? built : { ...built, classes };
}

/** Sets go on to change: in place of them the class holds what was in them. */
function inFull({ proxy, sets }: Good): ProxyClass {
  const shared = sets.filter((set) => proxy.sets.includes(set.name)).flatMap(({ resources }) => resources);
  const all: readonly Resource[] = [...proxy.resources, ...shared];
  return { ...proxy, sets: [], resources: resourceTypes.flatMap((type) => all.filter((resource) => resource.type === type)) };
}
