import type { ResourceType } from '../../compiler/artifact/artifact.ts';
import type { EnvoyAdmin } from '../proxy/envoy-admin.ts';

/** What a table is made of. */
export const proxyTables = ['listeners', 'clusters', 'routes', 'endpoints', 'secrets'] as const;
export type ProxyTable = (typeof proxyTables)[number];

export interface ProxyGetFlags {
  readonly admin: EnvoyAdmin;
}

/** Where what is served is looked up. */
export interface ServedFlags extends ProxyGetFlags {
  readonly artifact?: string;
  readonly server?: string;
  readonly proxy?: string;
}

export interface ProxyTableFlags extends ServedFlags {
  readonly output: 'table' | 'json' | 'yaml';
}

export interface ProxyConfigFlags extends ServedFlags {
  readonly diff?: boolean;
  readonly types?: readonly ResourceType[];
  readonly output: 'json' | 'yaml';
}

/** What the commands below `smic proxy` do. */
export interface ProxyActions {
  table(name: ProxyTable, flags: ProxyTableFlags): Promise<void>;
  config(flags: ProxyConfigFlags): Promise<void>;
  get(path: string, flags: ProxyGetFlags): Promise<void>;
}
