import type { LoadedArtifact } from '../../../../compiler/artifact/loaded-artifact.ts';
import { cluster, endpoints, listener, type Messages, route, type TestClass, testArtifact } from './test-artifact.ts';

export const shopIdentity = 'spiffe://cluster.local/ns/shop/sa/client';
export const otherIdentity = 'spiffe://cluster.local/ns/other/sa/other';

/** Two clusters with endpoints, two listeners, two routes; resources can be replaced, and left out (undefined). */
export function shopMessages(changes: Partial<Record<keyof Messages, Readonly<Record<string, object | undefined>>>> = {}): Messages {
  const base: Messages = {
    cluster: { a: cluster(), b: cluster() },
    endpoint: { a: endpoints(1), b: endpoints(2) },
    listener: { in: listener(), out: listener() },
    route: { r: route('a'), s: route('b') },
  };
  const types = Object.entries(base).map(([type, own]) => {
    const all = { ...own, ...changes[type as keyof Messages] };
    return [type, Object.fromEntries(Object.entries(all).filter(([, message]) => message !== undefined))];
  });
  return Object.fromEntries(types) as Messages;
}

/** The class `shop/client`, and `other/other` of another identity. */
export function shop(changes: Parameters<typeof shopMessages>[0] = {}, more: readonly TestClass[] = []): LoadedArtifact {
  return testArtifact([
    { key: 'shop/client', identity: shopIdentity, pods: ['client-1'], resources: shopMessages(changes) },
    { key: 'other/other', identity: otherIdentity, resources: { cluster: { secretive: cluster() }, endpoint: { secretive: endpoints(9) }, listener: { private: listener() } } },
    ...more,
  ]);
}
