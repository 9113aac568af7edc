import { suite } from 'uvu';
import { reporting } from './reporting.ts';
import { missingForMesh } from './start-test-mesh.ts';

/** A suite whose tests need a mesh. Where there can't be one they are skipped. */
export interface MeshSuite {
  test(name: string, check: () => Promise<void>): void;
  run(): void;
}

/** @param start runs before the tests, if they aren't skipped; `stop` after them, also where `start` has failed */
export function meshSuite(name: string, start: () => Promise<void>, stop: () => Promise<void> | undefined): MeshSuite {
  const all = suite(name);
  const skipped = missingForMesh() !== undefined;
  all.before(reporting(async () => (skipped ? undefined : start())));
  all.after(async () => stop());
  return { test: skipped ? all.skip : all, run: all.run };
}
