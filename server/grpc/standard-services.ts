import type { Server } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation, service as healthDefinition } from 'grpc-health-check';
import { descriptorFiles } from './descriptor-files.ts';

const ads = 'envoy.service.discovery.v3.AggregatedDiscoveryService';
const csds = 'envoy.service.status.v3.ClientStatusDiscoveryService';
const files = ['envoy/service/discovery/v3/ads.proto', 'envoy/service/status/v3/csds.proto'];

/** Adds gRPC health and reflection to a server. Gives what says that it no longer serves. */
export function addStandardServices(server: Server): { readonly stopServing: () => void } {
  const services = ['', ads, csds];
  const health = new HealthImplementation(Object.fromEntries(services.map((name) => [name, 'SERVING'])));
  health.addToServer(server);
  // Of a package's definitions the service reads the descriptors only. Given all of Envoy's API it would need seconds and 80 MB.
  const described = { format: 'Protocol Buffer 3 EnumDescriptorProto' as const, type: {}, fileDescriptorProtos: descriptorFiles(files).map((bytes) => Buffer.from(bytes)) };
  const healthType = healthDefinition['Check']?.requestType;
  new ReflectionService({ ...(healthType && { health: healthType }), envoy: described }, { services: [ads, csds, 'grpc.health.v1.Health'] }).addToServer(server);
  return { stopServing: () => services.forEach((name) => health.setStatus(name, 'NOT_SERVING')) };
}
