import type { Service as WrittenService } from './generated/types.ts';
import { readIP, readIPs } from './ip.ts';
import { checkName } from './names.ts';
import type { Service, ServicePort } from './objects.ts';
import { fault, type Reading } from './reading.ts';

type WrittenPort = NonNullable<WrittenService['spec']['ports']>[number];

export function readService({ spec }: WrittenService, reading: Reading): Service {
  const type = spec.type ?? 'ClusterIP';
  const isExternal = type === 'ExternalName';
  const headless = !isExternal && (spec.clusterIPs?.[0] ?? spec.clusterIP) === 'None';
  const selector = spec.selector && Object.keys(spec.selector).length > 0 ? spec.selector : undefined;
  reportTwins(spec.ports ?? [], reading);
  if (isExternal) checkName(reading, (spec.externalName ?? '').replace(/\.$/, '').toLowerCase(), 'subdomain', ['spec', 'externalName']);
  return {
    meta: reading.meta,
    type,
    headless,
    clusterIPs: headless || isExternal ? [] : readClusterIPs(spec, reading),
    externalName: isExternal ? (spec.externalName ?? undefined) : undefined,
    selector,
    ports: (spec.ports ?? []).map((port, index) => readServicePort(port, index, reading)),
    publishNotReadyAddresses: spec.publishNotReadyAddresses ?? false,
  };
}

/** The single field is the older one; where both are set, they agree. */
function readClusterIPs({ clusterIP, clusterIPs }: WrittenService['spec'], reading: Reading): readonly string[] {
  if (clusterIPs?.length) return readIPs(reading, clusterIPs, ['spec', 'clusterIPs']);
  const address = clusterIP ? readIP(reading, clusterIP, ['spec', 'clusterIP']) : undefined;
  return address === undefined ? [] : [address];
}

function readServicePort(written: WrittenPort, index: number, reading: Reading): ServicePort {
  const at = ['spec', 'ports', index];
  const name = written.name ?? '';
  if (name !== '') checkName(reading, name, 'label', [...at, 'name']);
  const { targetPort } = written;
  if (typeof targetPort === 'string' && !/^[A-Za-z0-9-]{1,63}$/.test(targetPort)) {
    fault(reading, 'SMIC2006', [...at, 'targetPort'], `spec.ports[${index}].targetPort is ${JSON.stringify(targetPort)}, which is neither a port nor a port's name`);
  }
  return {
    name,
    port: written.port,
    protocol: written.protocol ?? 'TCP',
    // 0 and the empty text are how Go writes an omitted one.
    targetPort: targetPort || written.port,
    appProtocol: written.appProtocol ?? undefined,
    at,
  };
}

/** Kubernetes tells the ports of a Service apart by number and protocol, and in EndpointSlices by their names alone. */
function reportTwins(ports: readonly WrittenPort[], reading: Reading): void {
  const numbers = new Set<string>();
  const names = new Set<string>();
  for (const [index, { name, port, protocol }] of ports.entries()) {
    const number = `${protocol ?? 'TCP'} port ${port}`;
    if (numbers.has(number)) fault(reading, 'SMIC5016', ['spec', 'ports', index, 'port'], `Service "${reading.meta.name}" has ${number} twice`);
    else if (ports.length > 1 && !name) fault(reading, 'SMIC5016', ['spec', 'ports', index], `port ${port} of Service "${reading.meta.name}", which has several ports, has no name`);
    else if (name && names.has(name)) fault(reading, 'SMIC5016', ['spec', 'ports', index, 'name'], `Service "${reading.meta.name}" has two ports named "${name}"`);
    numbers.add(number);
    names.add(name ?? '');
  }
}
