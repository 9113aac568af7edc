// Runs policy-thread.ts from the sources. What the build puts in this file's place is that itself.
import { register } from 'tsx/esm/api';

register();
await import('./policy-thread.ts');
