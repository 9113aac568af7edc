import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';

/** Messages stay bytes: what is written is encoded once for many streams, and what is read is decoded where errors can be told. */
function method(path: string, requestStream: boolean, responseStream: boolean): MethodDefinition<Buffer, Buffer> {
  const same = (bytes: Buffer): Buffer => bytes;
  return {
    path,
    originalName: path.slice(path.lastIndexOf('/') + 1),
    requestStream,
    responseStream,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
}

const discovery = 'envoy.service.discovery.v3.AggregatedDiscoveryService';
const status = 'envoy.service.status.v3.ClientStatusDiscoveryService';

/** envoy.service.discovery.v3.AggregatedDiscoveryService, over bytes. */
export const aggregatedDiscoveryService = {
  StreamAggregatedResources: method(`/${discovery}/StreamAggregatedResources`, true, true),
  DeltaAggregatedResources: method(`/${discovery}/DeltaAggregatedResources`, true, true),
} satisfies ServiceDefinition;

/** envoy.service.status.v3.ClientStatusDiscoveryService, over bytes. */
export const clientStatusService = {
  StreamClientStatus: method(`/${status}/StreamClientStatus`, true, true),
  FetchClientStatus: method(`/${status}/FetchClientStatus`, false, false),
} satisfies ServiceDefinition;
