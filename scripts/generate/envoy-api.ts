// proto/ → compiler/encode/generated/descriptors.ts, compiler/envoy/generated/api.ts
import { apiTypes } from './api-types.ts';
import { descriptorTable } from './descriptor-table.ts';
import { readEnvoyMessages } from './envoy-messages.ts';
import { writeGenerated } from './write-generated.ts';

const api = readEnvoyMessages('proto/roots.txt', 'proto/envoy-1.40.0.binpb');

writeGenerated('compiler/encode/generated/descriptors.ts', descriptorTable(api));
writeGenerated('compiler/envoy/generated/api.ts', apiTypes(api));
