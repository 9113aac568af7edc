import type { ConnectionFlags } from './kube-options.ts';

/** Which installation. */
export interface ManifestFlags {
  readonly set: readonly string[];
  readonly namespace?: string;
  readonly image?: string;
  readonly ha?: boolean;
  readonly certManager?: boolean;
}

export interface PrintFlags extends ManifestFlags {
  readonly caBundle?: string;
  readonly output: 'yaml' | 'json' | 'name';
}

export interface InstallFlags extends ManifestFlags, ConnectionFlags {
  readonly ca?: string;
  /** Seconds. */
  readonly wait: number;
  readonly dryRun?: boolean;
  readonly forceConflicts?: boolean;
}

export interface UninstallFlags extends ConnectionFlags {
  readonly namespace?: string;
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** What the commands around an installation do. */
export interface InstallActions {
  manifests(flags: PrintFlags): Promise<void>;
  install(flags: InstallFlags): Promise<void>;
  uninstall(flags: UninstallFlags): Promise<void>;
}
