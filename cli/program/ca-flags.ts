import type { KeyType } from '../../server/certificates/key-type.ts';
import type { ConnectionFlags } from './kube-options.ts';

export interface CaInitFlags {
  readonly keyType: KeyType;
  readonly days: number;
  readonly certificate?: string;
  readonly key?: string;
}

export interface CaIssueFlags {
  readonly identity: string;
  readonly dns: readonly string[];
  /** Seconds. */
  readonly lifetime: number;
  readonly out?: string;
}

export interface CaRotateFlags extends ConnectionFlags {
  readonly server: readonly string[];
  readonly live?: boolean;
  readonly installation: string;
  /** Seconds. */
  readonly settle?: number;
  readonly keyType: KeyType;
  readonly days: number;
  readonly certificate?: string;
  readonly key?: string;
  readonly yes?: boolean;
  readonly resume?: boolean;
  readonly abort?: boolean;
}

export interface CaShowFlags {
  readonly output?: 'json' | 'pem';
}

/** What the commands below `smic ca` do. */
export interface CaActions {
  init(folder: string, flags: CaInitFlags): Promise<void>;
  issue(folder: string, flags: CaIssueFlags): Promise<void>;
  rotate(folder: string, flags: CaRotateFlags): Promise<void>;
  show(folder: string, flags: CaShowFlags): Promise<void>;
}
