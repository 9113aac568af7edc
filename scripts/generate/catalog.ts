// schemas/diagnostics.yaml → compiler/diagnostics/generated/catalog.ts
import { readFileSync } from 'node:fs';
import { catalogModule } from './catalog-module.ts';
import { writeGenerated } from './write-generated.ts';

const source = 'schemas/diagnostics.yaml';

writeGenerated('compiler/diagnostics/generated/catalog.ts', catalogModule(source, readFileSync(source, 'utf8')));
