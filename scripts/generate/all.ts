// Runs every generator of this folder, in the order of their names. A generator does its work when it is imported.
// One that fails doesn't keep the others from running, but fails the whole.
import { readdirSync } from 'node:fs';

for (const name of readdirSync('scripts/generate').sort()) {
  if (name.endsWith('.ts') && name !== 'all.ts') {
    try {
      await import(`./${name}`);
    } catch (error) {
      console.error(`scripts/generate/${name}: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  }
}
