/** What is wanted, and what another program takes for the same work. Neither is asserted: they stand beside what was measured. */

/** Wanted of `compile` from objects to encoded resources, in seconds, by number of services. */
export const wantedCompile: Readonly<Record<number, number>> = { 500: 0.5, 1000: 1, 5000: 5 };

/** Wanted of the whole process from YAML, by number of services. */
export const wantedProcess: Readonly<Record<number, { readonly seconds: number; readonly megabytes: number }>> = {
  1000: { seconds: 4, megabytes: 600 },
};

export const wantedExponent = 1.1;
export const wantedBookstore = 0.4;

/** Open Service Mesh's generator (Go) for all proxies of meshes of this shape, on a machine with two cores. Published figures. */
export const osmSeconds: Readonly<Record<number, number>> = { 50: 0.6, 200: 5.7, 500: 37, 1000: 190 };
