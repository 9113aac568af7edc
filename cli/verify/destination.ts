import type { Identity, Mesh, MeshPort } from '../../compiler/mesh/mesh.ts';

/** A place that a request to the destination may come to. */
export interface Place {
  /** The Service port that the client calls. */
  readonly called: MeshPort;
  /** The one that it comes to: another where a TrafficSplit is in between. */
  readonly port: MeshPort;
  readonly identity: Identity;
  /** The TrafficSplit's part of the requests; undefined: all. */
  readonly weight: number | undefined;
}

/** Where requests to a Service's ports come to; `wanted`: only this port. */
export function placesOfService(mesh: Mesh, key: string, wanted: number | undefined): readonly Place[] {
  const ports = mesh.services.filter((service) => service.key === key).flatMap((service) => service.ports);
  return ports.filter(({ port }) => wanted === undefined || port === wanted).flatMap((called) => placesOfPort(mesh, called));
}

function placesOfPort(mesh: Mesh, called: MeshPort): readonly Place[] {
  const branches = mesh.routings.get(called)?.branches ?? [];
  const places = branches.flatMap(({ shares, splits }) =>
    shares.flatMap(({ port, weight }) => port.service.identities.map((identity) => ({ called, port, identity, weight: splits.length === 0 ? undefined : weight }))),
  );
  // Branches that tell requests apart may lead to the same place.
  return places.filter((place, index) => places.findIndex(({ port, identity }) => port === place.port && identity === place.identity) === index);
}

/** Where a pod is reached: at the ports of the Services that it stands behind. */
export function placesOfPod(mesh: Mesh, namespace: string, pod: string, wanted: number | undefined): readonly Place[] {
  return mesh.services.flatMap((service) =>
    service.ports
      .filter(({ port }) => wanted === undefined || port === wanted)
      .flatMap((port) => {
        const behind = [...port.targetPortOf.keys()].find(({ meta, name }) => meta.namespace === namespace && name === pod);
        return behind === undefined ? [] : [{ called: port, port, identity: behind.identity, weight: undefined }];
      }),
  );
}
