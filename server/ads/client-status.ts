import { type sendUnaryData, type ServerUnaryCall, status as grpcStatus, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { resourceTypes } from '../../compiler/artifact/artifact.ts';
import { typeUrl } from '../configuration/type-url.ts';
import { errorWords, type Log } from '../log.ts';
import type { AdsMetrics } from './ads-metrics.ts';
import type { ProxyStream } from './proxy-stream.ts';
import type { BytesStream, IdentifiedCall, PeerOf } from './wire/bytes-stream.ts';
import { matchesNode, type NodeMatcher, readStatusRequest } from './wire/status-request.ts';
import { bytesField, numberField, textField } from '../configuration/protobuf-fields.ts';

export interface ClientStatusOptions {
  readonly streams: () => Iterable<ProxyStream>;
  readonly peerOf: PeerOf;
  readonly seesAll: (identity: string) => boolean;
  readonly metrics: AdsMetrics;
  readonly log: Log;
}

/** envoy.service.status.v3.ConfigStatus */
const configStatus = { SYNCED: 1, 'NOT SENT': 2, STALE: 3, NACKED: 4 } as const;
/** envoy.admin.v3.ClientResourceStatus */
const clientStatus = { requested: 1, doesNotExist: 2, acked: 3, nacked: 4 } as const;

/**
 * Client status discovery: names, versions and states of what proxies hold, never content. An identity sees its own
 * proxies, and all only where `seesAll` says so.
 */
export function clientStatusHandlers(options: ClientStatusOptions): UntypedServiceImplementation {
  const answer = (call: IdentifiedCall, request: Buffer): Buffer | { readonly code: number; readonly details: string } => {
    const peer = options.peerOf(call);
    if (peer instanceof Error) {
      options.metrics.streamsRefused.inc({ reason: 'no-identity' });
      options.log.warn({ peer: call.getPeer(), words: peer.message }, 'refused a request for the status of proxies');
      return { code: grpcStatus.PERMISSION_DENIED, details: peer.message };
    }
    let matchers: readonly NodeMatcher[];
    try {
      matchers = readStatusRequest(request);
    } catch (error) {
      return { code: grpcStatus.INVALID_ARGUMENT, details: errorWords(error) };
    }
    const { identity } = peer;
    const all = options.seesAll(identity);
    const chosen = [...options.streams()].filter((stream) => (all || stream.identity === identity) && matchesNode(matchers, stream.nodeId));
    return Buffer.concat(chosen.flatMap((stream) => bytesField(1, ...clientConfig(stream))));
  };
  return {
    FetchClientStatus: (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) => {
      const result = answer(call, call.request);
      if (Buffer.isBuffer(result)) {
        callback(null, result);
      } else {
        callback(result);
      }
    },
    StreamClientStatus: (call: BytesStream) => {
      call.on('data', (request: Buffer) => {
        const result = answer(call, request);
        if (!Buffer.isBuffer(result)) {
          call.emit('error', result);
        } else if (!call.write(result)) {
          // Whoever asks without reading is not read from.
          call.pause();
          call.once('drain', () => call.resume());
        }
      });
      call.on('end', () => call.end());
      call.on('error', () => {});
    },
  };
}

/** A ClientConfig: node (1) and generic_xds_configs (3). */
function clientConfig(stream: ProxyStream): readonly Uint8Array[] {
  const configs = resourceTypes.flatMap((type) => {
    const { asked, held, rejected, refused, inFlight, dirty } = stream.subscription(type);
    if (!asked) {
      return [];
    }
    const state = refused ? 'NACKED' : inFlight || dirty ? 'STALE' : 'SYNCED';
    const names = [...new Set([...held.keys(), ...rejected.keys()])].sort();
    return names.map((name) => {
      const bad = rejected.get(name);
      const error = bad ? bytesField(8, ...textField(3, refused?.reason ?? ''), ...textField(4, bad.version)) : [];
      return bytesField(
        3,
        ...textField(1, typeUrl(type)),
        ...textField(2, name),
        ...textField(3, held.get(name) ?? ''),
        ...numberField(6, configStatus[bad ? 'NACKED' : state === 'NACKED' ? 'SYNCED' : state]),
        ...numberField(7, bad ? clientStatus.nacked : clientStatus.acked),
        ...error,
      );
    });
  });
  return [...bytesField(1, ...textField(1, stream.nodeId)), ...configs.flat()];
}
