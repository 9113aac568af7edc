import type { Refusal } from './refusal.ts';

/** How much of the server strangers and single workloads may take. */
export interface ConnectionLimits {
  readonly connections: number;
  /** Connections whose TLS handshake is not done yet; of one address, half as many. */
  readonly handshakes: number;
  readonly connectionsOfIdentity: number;
  readonly handshakeSeconds: number;
}

/** A storm of some thousand sidecars after a restart fits in: one process makes about 500 handshakes a second. */
export const defaultConnectionLimits: ConnectionLimits = {
  connections: 20_000,
  handshakes: 4096,
  connectionsOfIdentity: 2000,
  handshakeSeconds: 30,
};

/** Counts connections, and says where a limit is reached. */
export interface ConnectionCounts {
  readonly connections: () => number;
  /** A new connection; where it isn't refused, `handshakeEnded` and `closed` are called for it, once each. */
  opened(address: string): Refusal | undefined;
  handshakeEnded(address: string): void;
  closed(): void;
  /** A connection that has shown who it is; where it isn't refused, `left` is called for it. */
  joined(identity: string): Refusal | undefined;
  left(identity: string): void;
}

export function connectionCounts(limits: ConnectionLimits): ConnectionCounts {
  let connections = 0;
  let handshakes = 0;
  const byAddress = new Map<string, number>();
  const byIdentity = new Map<string, number>();
  return {
    connections: () => connections,
    opened(address) {
      if (connections >= limits.connections) {
        return 'too-many-connections';
      }
      if (handshakes >= limits.handshakes || (byAddress.get(address) ?? 0) >= limits.handshakes / 2) {
        return 'too-many-handshakes';
      }
      connections += 1;
      handshakes += 1;
      add(byAddress, address, 1);
      return undefined;
    },
    handshakeEnded(address) {
      handshakes -= 1;
      add(byAddress, address, -1);
    },
    closed() {
      connections -= 1;
    },
    joined(identity) {
      if ((byIdentity.get(identity) ?? 0) >= limits.connectionsOfIdentity) {
        return 'too-many-of-identity';
      }
      add(byIdentity, identity, 1);
      return undefined;
    },
    left(identity) {
      add(byIdentity, identity, -1);
    },
  };
}

function add(counts: Map<string, number>, key: string, change: number): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count > 0) {
    counts.set(key, count);
  } else {
    counts.delete(key);
  }
}
